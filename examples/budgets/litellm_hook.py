"""Budgets in front of LiteLLM's proxy: asks before each call, and says what it cost.

In the proxy's configuration file, with this file beside it:

    litellm_settings:
      callbacks: litellm_hook.budgets

Environment: LLMCOST_URL (http://127.0.0.1:4318), LLMCOST_KEY (an API key with the scope ingest, where one is needed).
Who pays is taken from the key's or request's metadata: tenant, project, team, agent, run_id.
"""

import os
import uuid

import httpx
from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger
from litellm.utils import token_counter

URL = os.environ.get("LLMCOST_URL", "http://127.0.0.1:4318")
KEY = os.environ.get("LLMCOST_KEY")
# Output tokens that are reserved for a call that doesn't say max_tokens.
MAX_TOKENS = int(os.environ.get("LLMCOST_MAX_TOKENS", "4096"))
# What calls do while the collector doesn't answer: allow or deny.
WHEN_AWAY = os.environ.get("LLMCOST_WHEN_AWAY", "allow")
DIMENSIONS = ("tenant", "project", "team", "environment", "feature", "agent", "run_id")
RESERVATION = "llmcost_reservation_id"


def model_behind(name):
    """The provider's model behind a name of the proxy's configuration, which prices don't know; of several the first."""
    from litellm.proxy.proxy_server import llm_router  # Not there yet while this file is read.

    listed = llm_router.get_model_list(model_name=name) if llm_router else None
    return listed[0]["litellm_params"]["model"] if listed else name


class Budgets(CustomLogger):
    def __init__(self):
        super().__init__()
        headers = {"authorization": f"Bearer {KEY}"} if KEY else {}
        self.http = httpx.AsyncClient(base_url=URL, headers=headers, timeout=5)

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        metadata = data.setdefault("metadata", {})
        who = {**(user_api_key_dict.metadata or {}), **metadata}
        provider, _, model = model_behind(data["model"]).rpartition("/")
        ask = {
            "request_id": str(uuid.uuid4()),
            **{name: who[name] for name in DIMENSIONS if who.get(name)},
            **({"user_id": data["user"]} if data.get("user") else {}),
            **({"provider": provider} if provider else {}),
            "model": model,
            "estimated_tokens": {
                "input_tokens": token_counter(model=model, messages=data.get("messages"), text=data.get("input")),
                "output_tokens": data.get("max_completion_tokens") or data.get("max_tokens") or MAX_TOKENS,
            },
        }
        try:
            reply = await self.http.post("/v1/authorize", json=ask)
        except httpx.HTTPError as error:
            return self.away(data, str(error))
        if reply.status_code >= 500:
            return self.away(data, reply.text)
        if reply.status_code != 200:
            raise HTTPException(status_code=500, detail={"error": f"LLM Cost: {reply.text}"})
        answer = reply.json()
        if answer["decision"] != "allow":
            raise HTTPException(status_code=429, detail={"error": answer["message"], "reason": answer["reason"]})
        if answer["reservation_id"]:
            metadata[RESERVATION] = answer["reservation_id"]
            # LiteLLM's own report of the call, where it is sent to /v1/litellm, then takes the place of what is settled.
            metadata["tags"] = [*(metadata.get("tags") or []), f"reservation_id:{answer['reservation_id']}"]
        return data

    def away(self, data, why):
        if WHEN_AWAY == "deny":
            raise HTTPException(status_code=503, detail={"error": f"LLM Cost doesn't answer: {why}"})
        return data

    async def settle(self, kwargs, cost):
        metadata = (kwargs.get("litellm_params") or {}).get("metadata") or {}
        reservation = metadata.get(RESERVATION)
        if reservation:
            try:
                # Money is a decimal string, also the smallest.
                await self.http.post(f"/v1/reservations/{reservation}/settle", json={"cost": f"{cost or 0:.12f}"})
            except httpx.HTTPError:
                pass  # Its lease ends it.

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        await self.settle(kwargs, kwargs.get("response_cost"))

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        await self.settle(kwargs, 0)


budgets = Budgets()
