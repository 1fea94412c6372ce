import type { Pve } from "../kernel/session/pve-session";
import { resourcesNow, situationNow } from "./ha-look";
import { called, inWords, moved, unnamed } from "./say";
import { consequences } from "./service-moves";
import { purged, withService, type AffinityRule } from "./situation";

/**
 * What the deletion of a guest takes out of HA, in words; undefined where HA does not have it. Throws where HA would then move
 * others that run, unless `allowMoves` lets it.
 */
export async function leaving(pve: Pve, sid: string, allowMoves: boolean): Promise<string | undefined> {
  // The list of guests may be older than its end in HA: then nothing more is asked, which is each guest that HA has.
  if (!(await resourcesNow(pve)).has(sid)) return undefined;
  const situation = await situationNow(pve);
  const { moves } = consequences(situation, purged(situation, sid));
  const others = { starts: [], stops: [], moves };
  const [problem] = unnamed(others, { allowMoves }, situation.guests);
  if (problem)
    throw new Error(`without ${sid} ${problem.message}, and run pulumi up before deleting it. Nothing was changed`);
  const named = situation.rules.filter(({ resources }) => resources.includes(sid));
  const which = (is: (rule: AffinityRule) => boolean): string[] => named.filter(is).map(({ name }) => name);
  return [
    "out of HA",
    ...which(({ resources }) => resources.length > 1).map((rule) => `out of the rule ${rule}`),
    ...which(({ type, resources }) => type === "resource-affinity" && resources.length === 2).map(
      (rule) => `${rule} does nothing any more, for it has one guest left`,
    ),
    ...which(({ resources }) => resources.length === 1).map(
      (rule) => `the rule ${rule} is gone, which named nothing else`,
    ),
    ...(moves.length === 0 ? [] : [inWords(others, situation.guests)]),
  ].join("; ");
}

/**
 * Throws where HA would move others while it has a guest stopped for a change: one that is stopped keeps nobody from its place,
 * and would find it taken when it is started again.
 */
export async function assertAlone(pve: Pve, sid: string): Promise<void> {
  const situation = await situationNow(pve);
  const service = situation.services.find((one) => one.sid === sid);
  if (!service) return;
  const { moves } = consequences(
    situation,
    withService(situation, sid, { ...service, state: "stopped", running: false }),
  );
  if (moves.length > 0)
    throw new Error(
      `while ${called(sid, situation.guests)} is stopped for it, HA would move ${moves.map((move) => moved(move, situation.guests)).join(", ")}, ` +
        "which would take its place; disable the rule that keeps them apart for as long, or write the slots as they were. Nothing was changed",
    );
}
