/** The part of Node's WebAssembly that is used here; TypeScript has it in its browser library only. */
declare namespace WebAssembly {
  class Module {
    private readonly compiled: true;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
