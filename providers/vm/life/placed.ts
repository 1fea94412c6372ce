import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { locate, readGuest } from "../identity";
import { recordedAt } from "../disks/known-volumes";
import { settledAt } from "./leftovers";
import type { GuestOutputs } from "../outputs";

/** The guest of a state where it is now, free of the task of an interrupted creation, with its volumes as named there. */
export async function placed(pve: Pve, call: Call, from: GuestOutputs): Promise<GuestOutputs> {
  const at = await settledAt(pve, call, (await locate(pve, from)) ?? from);
  return { ...at, __volumes: await recordedAt(pve, from, at.node, () => readGuest(pve, at)) };
}
