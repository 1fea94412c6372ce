import { wire, type Params } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Session } from "../kernel/session/session";
import { changeComment } from "./change-comment";
import { digestOf, type Located } from "./firewall-calls";
import {
  entryKey,
  entryMeaning,
  firewallIpSetModel,
  sameEntries,
  type FirewallIpSetInputs,
  type IpSetEntry,
} from "./firewall-ip-set.model";
import { namedThing } from "./named-thing";
import { placeWords } from "./place.model";
import { namesThing, usersOf } from "./used-by";

interface LiveSet {
  readonly name: string;
  readonly comment: string | undefined;
  readonly digest: string | undefined;
}

interface LiveEntry extends IpSetEntry {
  readonly digest: Params;
}

async function entriesOf(where: Located, name: string): Promise<LiveEntry[]> {
  const answer = await where.at("ipset", name).$get();
  const digest = digestOf(answer);
  return wire.list(answer).map((row) => {
    const comment = wire.string(row["comment"])?.trimEnd();
    return {
      cidr: wire.string(row["cidr"]) ?? "",
      ...(wire.boolean(row["nomatch"]) ? { noMatch: true } : {}),
      ...((comment ?? "") === "" ? {} : { comment }),
      digest,
    };
  });
}

const plain = ({ digest: _, ...entry }: LiveEntry): IpSetEntry => entry;

/** One request on the way: what is new comes before what is old goes, so that nobody is missing meanwhile. */
function nextChange(
  where: Located,
  name: string,
  live: readonly LiveEntry[],
  wanted: readonly IpSetEntry[],
): (() => Promise<unknown>) | undefined {
  const there = new Map(live.map((entry) => [entryKey(entry), entry]));
  const said = ({ noMatch, comment }: IpSetEntry): Params => ({
    ...(noMatch ? { nomatch: 1 } : {}),
    ...((comment ?? "") === "" ? {} : { comment }),
  });
  // Exceptions first: what is to stay out is never let in by a network around it.
  const ordered = [...wanted].sort((a, b) => Number(b.noMatch ?? false) - Number(a.noMatch ?? false));
  for (const entry of ordered) {
    const found = there.get(entryKey(entry));
    if (!found) return () => where.at("ipset", name).$post({ cidr: entry.cidr, ...said(entry) });
    if (entryMeaning(found) !== entryMeaning(entry))
      return () =>
        where.at("ipset", name, found.cidr).$put({
          nomatch: entry.noMatch ? 1 : 0,
          comment: entry.comment ?? "",
          ...found.digest,
        });
  }
  const keys = new Set(wanted.map(entryKey));
  const [gone] = [...live]
    .sort((a, b) => Number(a.noMatch ?? false) - Number(b.noMatch ?? false))
    .filter((entry) => !keys.has(entryKey(entry)));
  return gone && (() => where.at("ipset", name, gone.cidr).$delete(gone.digest));
}

async function converge(call: Call, where: Located, name: string, wanted: readonly IpSetEntry[]): Promise<void> {
  for (let left = 4 * (wanted.length + 1000); left > 0; left--) {
    let done = false;
    await where.pve.write(call, {
      what: `entries of IP set ${name} of ${placeWords(where.place)}`,
      lock: where.lock,
      send: async () => {
        const next = nextChange(where, name, await entriesOf(where, name), wanted);
        done = next === undefined;
        await next?.();
      },
      // The next look tells what is still to be done, whatever became of the request.
      happened: async () => false,
    });
    if (done) return;
  }
  throw new Error(`somebody else changes the entries of IP set ${name} all the time; run this again`);
}

export const firewallIpSetProvider = (session: Session) =>
  namedThing<FirewallIpSetInputs, LiveSet>(session, {
    kind: "FirewallIpSet",
    model: firewallIpSetModel,
    ...{ noun: "IP set", name: "ipSet" },
    async list({ at }) {
      const answer = await at("ipset").$get();
      const { digest } = digestOf(answer);
      return new Map(
        wire.list(answer).map((row) => {
          const name = wire.string(row["name"]) ?? "";
          return [name.toLowerCase(), { name, comment: wire.string(row["comment"]), digest: wire.string(digest) }];
        }),
      );
    },
    nameOf: ({ name }) => name,
    async live(where, { name, comment }, wanted) {
      const entries = (await entriesOf(where, name)).map(plain);
      const same = wanted.entries !== undefined && sameEntries(wanted.entries, entries);
      return { comment, entries: same ? wanted.entries : entries } as Partial<FirewallIpSetInputs>;
    },
    create: ({ at }, { ipSet, comment }) =>
      at("ipset").$post({ name: ipSet, ...((comment ?? "") === "" ? {} : { comment }) }),
    async isAsMade(where, { name }, { entries }) {
      const keys = new Set(entries.map(entryKey));
      return (await entriesOf(where, name)).every((entry) => keys.has(entryKey(entry)));
    },
    requests: ({ entries = [] }, was) => entries.length + (was.entries?.length ?? 0),
    async due(where, { ipSet, entries }) {
      return nextChange(where, ipSet, await entriesOf(where, ipSet), entries) !== undefined;
    },
    async sync(call, where, inputs, was) {
      const { ipSet } = inputs;
      await changeComment(call, where, {
        ...{ what: `changing IP set ${ipSet}`, list: "ipset", key: "name" },
        ...{ wanted: inputs.comment, was: was.comment },
        find: async () => (await this.list(where)).get(ipSet.toLowerCase()),
      });
      await converge(call, where, ipSet, inputs.entries);
    },
    async remove(call, where, name, settings) {
      const find = async () => (await this.list(where)).get(name.toLowerCase());
      await where.pve.write(call, {
        what: `deleting IP set ${name}`,
        lock: where.lock,
        send: async () => {
          if (!(await find())) return;
          const strange = (await entriesOf(where, name)).filter(
            (entry) => !(settings.entries ?? []).some((own) => entryKey(own) === entryKey(entry)),
          );
          if (strange.length > 0)
            throw new Error(
              `IP set ${name} also has ${strange.map(({ cidr }) => cidr).join(", ")}, which others have added; nothing was ` +
                "deleted. Run pulumi refresh first if they may go",
            );
          await where.at("ipset", name).$delete({ force: 1 });
        },
        happened: async () => (await find()) === undefined,
      });
    },
    change: (set, wanted) =>
      wanted !== undefined && wanted.entries === undefined ? undefined : { kind: "set", set, entries: wanted?.entries },
    users: (pve, owner, name) => usersOf(pve, owner, { rule: (rule) => namesThing(rule, true, name, owner) }),
  });
