import type { AuthEntry } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { grant } from "../keys.js";
import { list, ok, refused, shown, text, type Answer, type Args, type Commands } from "./command.js";

const services = ["mon", "osd", "mds", "mgr"];

/** What `allow …` and `profile …` may look like; undefined when it can be read, else where reading stops. */
function stopsAt(service: string, cap: string): string | undefined {
  for (const part of cap.split(/\s*,\s*/)) {
    if (/^(?:allow )?profile [\w-]+(?: .*)?$/.test(part)) continue;
    const [, rest] = /^allow (?:\*|r?w?x?|class-read|class-write|command .+|service .+)((?: .*)?)$/.exec(part) ?? [];
    if (rest === undefined) {
      const bad = /^allow [rwx]*(.*)$/.exec(part)?.[1] ?? part;
      return bad;
    }
    if (service === "mds" && /path=(?:\s|$)/.test(rest)) return "path=";
  }
  return undefined;
}

/** Pairs of service and capability, checked as the monitors check them; an answer when they refuse. */
function capsOf(words: readonly string[]): Record<string, string> | Answer {
  if (words.length % 2 !== 0) return refused("EINVAL", "bad capabilities request; odd number of arguments");
  const caps: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 2) {
    const [service = "", cap = ""] = words.slice(at, at + 2);
    if (!services.includes(service)) return refused("EINVAL", `unknown cap type '${service}'`);
    const bad = stopsAt(service, cap);
    if (bad !== undefined)
      return refused("EINVAL", `${service} capability parse failed, stopped at '${bad}' of '${cap}'`);
    caps[service] = cap;
  }
  return Object.fromEntries(Object.entries(caps).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isAnswer = (value: Record<string, string> | Answer): value is Answer => typeof value["rc"] === "number";

const keyring = (entity: string, { key, caps }: AuthEntry, withCaps: boolean): string =>
  `[${entity}]\n\tkey = ${key}\n${
    withCaps
      ? Object.entries(caps)
          .map(([service, cap]) => `\tcaps ${service} = "${cap}"\n`)
          .join("")
      : ""
  }`;

const entry = (entity: string, { key, caps }: AuthEntry): Record<string, unknown> => ({ entity, key, caps });

const isEntity = (name: string): boolean => /^(?:client|osd|mon|mds|mgr)\..*$/.test(name);

function getOrCreate(ceph: Ceph, args: Args, form: "keyring" | "key"): Answer {
  const entity = text(args, "entity");
  if (!isEntity(entity)) return refused("EINVAL", "bad entity name");
  const words = list(args, "caps");
  const caps = capsOf(words);
  if (isAnswer(caps)) return caps;
  const known = ceph.cluster.auth[entity];
  if (known && words.length > 0) {
    const differing = services.find((service) => (known.caps[service] ?? "") !== (caps[service] ?? ""));
    if (differing !== undefined)
      return refused("EINVAL", `key for ${entity} exists but cap ${differing} does not match`);
  }
  grant(ceph.cluster, ceph.simulation.world, entity, caps);
  const now = ceph.cluster.auth[entity];
  if (!now) return refused("ENOENT", "");
  return form === "key"
    ? shown({ key: now.key }, `${now.key}\n`)
    : shown([entry(entity, now)], keyring(entity, now, false));
}

function withEntity(
  ceph: Ceph,
  args: Args,
  act: (entity: string, found: AuthEntry) => Answer,
  missing?: string,
): Answer {
  const entity = text(args, "entity");
  const found = ceph.cluster.auth[entity];
  return found ? act(entity, found) : refused("ENOENT", missing ?? `failed to find ${entity} in keyring`);
}

function changeCaps(ceph: Ceph, args: Args): Answer {
  return withEntity(
    ceph,
    args,
    (entity, found) => {
      const caps = capsOf(list(args, "caps"));
      if (isAnswer(caps)) return caps;
      found.caps = caps;
      return shown([entry(entity, found)], keyring(entity, found, true), `updated caps for ${entity}`);
    },
    `couldn't find entry ${text(args, "entity")}`,
  );
}

function remove(ceph: Ceph, args: Args): Answer {
  delete ceph.cluster.auth[text(args, "entity")];
  return ok("");
}

/** Order of `auth ls`: OSDs, clients, managers and the rest by name. */
const sortKey = (entity: string): string =>
  `${["osd", "mds", "client", "mgr"].indexOf(entity.split(".")[0] ?? "")}${entity}`;

export const authenticationCommands: Commands = {
  "auth ls": {
    run: (ceph) => {
      const all = Object.entries(ceph.cluster.auth).sort(([a], [b]) => (sortKey(a) < sortKey(b) ? -1 : 1));
      const lines = ([entity, { key, caps }]: [string, AuthEntry]): string =>
        `${entity}\n\tkey: ${key}\n${Object.entries(caps)
          .map(([service, cap]) => `\tcaps: [${service}] ${cap}\n`)
          .join("")}`;
      return shown({ auth_dump: all.map(([entity, found]) => entry(entity, found)) }, all.map(lines).join(""));
    },
  },
  "auth get": {
    args: "entity",
    run: (ceph, args) =>
      withEntity(ceph, args, (entity, found) => shown([entry(entity, found)], keyring(entity, found, true))),
  },
  "auth get-key": {
    args: "entity",
    run: (ceph, args) =>
      withEntity(ceph, args, (_, { key }) => shown({ key }, key), `don't have ${text(args, "entity")}`),
  },
  "auth print-key": {
    args: "entity",
    run: (ceph, args) =>
      withEntity(ceph, args, (_, { key }) => shown({ key }, key), `don't have ${text(args, "entity")}`),
  },
  "auth get-or-create": { args: "entity caps*", run: (ceph, args) => getOrCreate(ceph, args, "keyring") },
  "auth get-or-create-key": { args: "entity caps*", run: (ceph, args) => getOrCreate(ceph, args, "key") },
  "auth caps": { args: "entity caps*", run: changeCaps },
  "auth add": {
    args: "entity caps*",
    run: (ceph, args) => {
      const entity = text(args, "entity");
      if (ceph.cluster.auth[entity]) return refused("EINVAL", `entity ${entity} exists but caps do not match`);
      const caps = capsOf(list(args, "caps"));
      if (isAnswer(caps)) return caps;
      grant(ceph.cluster, ceph.simulation.world, entity, caps);
      return ok(`added key for ${entity}`);
    },
  },
  "auth del": { args: "entity", run: remove },
  "auth rm": { args: "entity", run: remove },
};
