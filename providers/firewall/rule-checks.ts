import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { suggestion, type Problem } from "../kernel/state/problems";
import { locateIn, type Located } from "./firewall-calls";
import type { FirewallPlace } from "./place.model";
import { namesInProgram } from "./program";
import { referenceOf } from "./rule-words";
import type { Rule } from "./rule.model";

const makeMacros = () => ({ names: undefined as Promise<readonly string[]> | undefined });

/** Names of all macros, read once for a run. */
function macroNames(pve: Pve): Promise<readonly string[]> {
  const memory = pve.memory("firewall: macros", makeMacros);
  const read = (memory.names ??= pve.process.connection.api.cluster.firewall.macros
    .$get()
    .then((rows) => wire.list(rows).flatMap((row) => wire.string(row["macro"]) ?? [])));
  read.catch(() => (memory.names = undefined));
  return read;
}

/** Names that rules of a place may refer to; those of the program are there before they are made. */
async function references(call: Call, where: Located): Promise<{ aliases: Set<string>; sets: Set<string> }> {
  const rows = wire.list(await where.at("refs").$get());
  const of = (type: string, kind: string, field: string): Set<string> =>
    new Set([
      ...rows.flatMap((row) => (row["type"] === type ? (wire.string(row["name"])?.toLowerCase() ?? []) : [])),
      ...namesInProgram(call, kind, field),
    ]);
  return { aliases: of("alias", "FirewallAlias", "alias"), sets: of("ipset", "FirewallIpSet", "ipSet") };
}

/** Names in rules that lead to nothing: Proxmox refuses them, or passes over the rule. */
export async function checkRules(
  call: Call,
  pve: Pve,
  place: FirewallPlace,
  rules: readonly Rule[] | undefined,
): Promise<Problem[]> {
  if (rules === undefined) return [];
  const problems: Problem[] = [];
  const wrong = (at: number, key: string, message: string): void =>
    void problems.push({ path: `rules[${at}].${key}`, message });
  try {
    const macros = rules.some(({ macro }) => macro !== undefined) ? await macroNames(pve) : [];
    rules.forEach(({ macro }, at) => {
      if (macro !== undefined && !macros.some((name) => name.toLowerCase() === macro.toLowerCase()))
        wrong(at, "macro", `there is no macro "${macro}"${suggestion(macro, macros)}`);
    });
    const named = rules.flatMap((rule, at) =>
      (["source", "destination"] as const).flatMap((key) => {
        const reference = rule[key] === undefined ? undefined : referenceOf(rule[key]);
        // Sets of SDN come with their vnets.
        return reference && reference.scope !== "sdn" ? [{ at, key, reference }] : [];
      }),
    );
    if (named.length === 0) return problems;
    const where = await locateIn(pve, place.guest === undefined ? { datacenter: true } : place);
    if (!where) return problems;
    const { aliases, sets } = await references(call, where);
    for (const { at, key, reference } of named) {
      const there = reference.set ? sets : aliases;
      if (there.has(reference.name)) continue;
      const message = `there is no ${reference.set ? "IP set" : "alias"} "${reference.name}"${suggestion(reference.name, [...there])}`;
      wrong(at, key, message);
    }
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    call.report.warn(`names in the rules were not looked up: ${error.message}`);
  }
  return problems;
}
