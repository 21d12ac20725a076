import path from 'node:path';
import { z } from 'zod';
import { currency, FORMATS } from './request';

const name = z.string().min(1).max(200);

const delivery = z
  .strictObject({
    /** How it is called in the log and by the API. */
    name,
    folder: z.string().refine(path.isAbsolute, 'must be an absolute path').optional(),
    webhook_url: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
    format: z.enum(FORMATS).default('csv'),
    /** Only this tenant's lines; unset: all. */
    tenant: name.optional(),
  })
  .refine(
    ({ folder, webhook_url }) => (folder === undefined) !== (webhook_url === undefined),
    'must have a folder or a webhook_url, and not both'
  );
/** Where statements are sent. */
export type Delivery = z.output<typeof delivery>;

/** `chargeback` in the configuration file. */
export const chargebackConfig = z
  .strictObject({
    /** Months are closed by themselves on this day of the next one (UTC); unset: by hand. */
    close_on_day: z.int('must be a day from 1 to 28').min(1).max(28, 'must be a day from 1 to 28').optional(),
    /** That they are closed in then. */
    currency: currency.default('USD'),
    deliveries: z
      .array(delivery)
      .refine((list) => new Set(list.map((one) => one.name)).size === list.length, 'each name may be there once')
      .default([]),
  })
  .prefault({});
export type ChargebackConfig = z.output<typeof chargebackConfig>;
