import type { Call, Handler, Json } from "../../call.js";
import { die, paramError } from "../../errors.js";
import type { FirewallAlias, FirewallSet } from "../../world/firewall.js";
import { clusterConfig, configOf, digestAt, type Level } from "./level.js";

const comment = (call: Call): { comment?: string } =>
  call.params["comment"] ? { comment: call.params["comment"] } : {};

function aliasFields(name: string, { cidr, comment: text }: FirewallAlias): Record<string, Json> {
  return { name, cidr, ipversion: cidr.includes(":") ? 6 : 4, ...(text === undefined ? {} : { comment: text }) };
}

/** Named addresses. */
export function aliasRoutes(level: Level): Record<string, Handler> {
  const path = `${level.path}/aliases`;
  const existing = (call: Call): FirewallAlias => {
    const alias = configOf(call, level).aliases[call.text("name")];
    if (!alias) throw paramError({ name: "no such alias" });
    return alias;
  };
  return {
    [`GET ${path}`]: (call) =>
      Object.entries(configOf(call, level).aliases).map(([name, alias]) => ({
        ...aliasFields(name, alias),
        digest: digestAt(call, level),
      })),
    [`POST ${path}`]: (call) => {
      const { aliases } = configOf(call, level);
      const name = call.text("name");
      if (aliases[name]) throw paramError({ name: `alias '${name}' already exists` });
      aliases[name] = { cidr: call.text("cidr"), ...comment(call) };
    },
    [`GET ${path}/{name}`]: (call) => aliasFields(call.text("name"), existing(call)),
    [`PUT ${path}/{name}`]: (call) => {
      const { aliases } = configOf(call, level);
      existing(call);
      const [name, rename] = [call.text("name"), call.params["rename"] ?? call.text("name")];
      if (rename !== name && aliases[rename]) throw paramError({ name: `alias '${rename}' already exists` });
      delete aliases[name];
      aliases[rename] = { cidr: call.text("cidr"), ...comment(call) };
    },
    [`DELETE ${path}/{name}`]: (call) => {
      delete configOf(call, level).aliases[call.text("name")];
    },
  };
}

/** Sets of addresses. */
export function ipsetRoutes(level: Level): Record<string, Handler> {
  const path = `${level.path}/ipset`;
  const setOf = (call: Call): FirewallSet => {
    const set = configOf(call, level).ipsets[call.text("name")];
    if (!set) throw die(`no such IPSet '${call.text("name")}'`);
    return set;
  };
  const entryOf = (call: Call): FirewallSet["entries"][number] => {
    const entry = setOf(call).entries.find(({ cidr }) => cidr === call.text("cidr"));
    if (!entry) throw paramError({ cidr: "no such IP/Network" });
    return entry;
  };
  const shown = (call: Call, entry: FirewallSet["entries"][number]): Record<string, Json> => ({
    ...entry,
    ...(entry.nomatch === undefined ? {} : { nomatch: Number(entry.nomatch) }),
    digest: digestAt(call, level),
  });
  return {
    [`GET ${path}`]: (call) =>
      Object.entries(configOf(call, level).ipsets).map(([name, { comment: text }]) => ({
        ...{ name, digest: digestAt(call, level) },
        ...(text === undefined ? {} : { comment: text }),
      })),
    [`POST ${path}`]: (call) => createSet(call, configOf(call, level).ipsets),
    [`GET ${path}/{name}`]: (call) => setOf(call).entries.map((entry) => shown(call, entry)),
    [`POST ${path}/{name}`]: (call) => {
      const { entries } = setOf(call);
      const cidr = call.text("cidr");
      if (entries.some((entry) => entry.cidr === cidr)) throw paramError({ cidr: `address '${cidr}' already exists` });
      if (!/[.:]/.test(cidr)) checkAlias(call, level, cidr);
      entries.push({ cidr, ...comment(call), ...(call.flag("nomatch") ? { nomatch: "1" } : {}) });
    },
    [`DELETE ${path}/{name}`]: (call) => {
      if (setOf(call).entries.length > 0 && !call.flag("force")) throw die(`IPSet '${call.text("name")}' is not empty`);
      delete configOf(call, level).ipsets[call.text("name")];
    },
    [`GET ${path}/{name}/{cidr}`]: (call) => shown(call, entryOf(call)),
    [`PUT ${path}/{name}/{cidr}`]: (call) => {
      const entry = entryOf(call);
      if (call.has("comment")) entry.comment = call.text("comment");
      if (call.has("nomatch")) entry.nomatch = call.text("nomatch");
    },
    [`DELETE ${path}/{name}/{cidr}`]: (call) => {
      const set = setOf(call);
      set.entries = set.entries.filter(({ cidr }) => cidr !== call.text("cidr"));
    },
  };
}

/** `rename` names the set that gets the new name. */
function createSet(call: Call, sets: Record<string, FirewallSet>): void {
  const [name, old] = [call.text("name"), call.params["rename"]];
  if (old === undefined) {
    if (sets[name]) throw paramError({ name: `IPSet '${name}' already exists` });
    sets[name] = { ...comment(call), entries: [] };
    return;
  }
  const set = sets[old];
  if (!set) throw paramError({ name: `IPSet '${old}' does not exist` });
  if (old !== name && sets[name]) throw paramError({ name: `IPSet '${name}' already exists` });
  delete sets[old];
  sets[name] = { ...set, ...comment(call) };
}

function checkAlias(call: Call, level: Level, text: string): void {
  const name = text.replace(/^(guest|dc)\//, "");
  const own = level.kind === "guest" ? configOf(call, level).aliases : {};
  if (!own[name] && !clusterConfig(call).aliases[name]) throw die(`no such alias '${name}'`);
}

/** What rules may refer to: the cluster's names, and for a guest its own. */
export function referenceRoute(level: Level): Record<string, Handler> {
  return {
    [`GET ${level.path}/refs`]: (call) => {
      const scopes = [
        ["dc", clusterConfig(call)] as const,
        ...(level.kind === "guest" ? [["guest", configOf(call, level)] as const] : []),
      ];
      const rows = scopes.flatMap(([scope, { aliases, ipsets }]) => [
        ...Object.entries(aliases).map(([name, entry]) => row("alias", name, name, scope, entry.comment)),
        ...Object.entries(ipsets).map(([name, entry]) => row("ipset", name, `+${name}`, scope, entry.comment)),
      ]);
      const type = call.params["type"];
      return rows.filter((each) => type === undefined || each["type"] === type);
    },
  };
}

function row(type: string, name: string, ref: string, scope: string, text: string | undefined): Record<string, Json> {
  return { type, name, ref, scope, ...(text === undefined ? {} : { comment: text }) };
}
