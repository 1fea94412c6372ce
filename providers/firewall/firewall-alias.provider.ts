import { wire } from "../../pve";
import type { Session } from "../kernel/session/session";
import { sameComment } from "../kernel/named.model";
import { firewallAliasModel, type FirewallAliasInputs } from "./firewall-alias.model";
import { digestOf } from "./firewall-calls";
import { namedThing } from "./named-thing";
import { placeWords } from "./place.model";
import { addressesText } from "./rule-words";
import { namesIt, namesThing, usersOf } from "./used-by";

interface LiveAlias {
  readonly name: string;
  readonly cidr: string;
  readonly comment: string | undefined;
  readonly digest: string | undefined;
}

const change = (live: LiveAlias, { cidr, comment }: FirewallAliasInputs, was: Partial<FirewallAliasInputs>) => {
  const wanted = comment ?? (was.comment === undefined ? live.comment : undefined);
  if (addressesText(live.cidr) === addressesText(cidr) && sameComment(live.comment, wanted)) return undefined;
  // Proxmox writes the alias anew: what is not sent is gone.
  return { cidr, ...((wanted ?? "") === "" ? {} : { comment: wanted }) };
};

export const firewallAliasProvider = (session: Session) =>
  namedThing<FirewallAliasInputs, LiveAlias>(session, {
    kind: "FirewallAlias",
    model: firewallAliasModel,
    ...{ noun: "alias", name: "alias" },
    async list({ at }) {
      const answer = await at("aliases").$get();
      const { digest } = digestOf(answer);
      return new Map(
        wire.list(answer).map((row) => {
          const name = wire.string(row["name"]) ?? "";
          const [cidr, comment] = [wire.string(row["cidr"]) ?? "", wire.string(row["comment"])];
          return [name.toLowerCase(), { name, cidr, comment, digest: wire.string(digest) }];
        }),
      );
    },
    nameOf: ({ name }) => name,
    whole: true,
    isAsMade: async (_where, { cidr }, inputs) => addressesText(cidr) === addressesText(inputs.cidr),
    async due(where, { alias, cidr }) {
      const live = (await this.list(where)).get(alias.toLowerCase());
      return live !== undefined && addressesText(live.cidr) !== addressesText(cidr);
    },
    live: async (_where, { cidr, comment }, wanted) => ({
      cidr: wanted.cidr !== undefined && addressesText(wanted.cidr) === addressesText(cidr) ? wanted.cidr : cidr,
      comment,
    }),
    create: ({ at }, { alias, cidr, comment }) =>
      at("aliases").$post({ name: alias, cidr, ...((comment ?? "") === "" ? {} : { comment }) }),
    async sync(call, where, inputs, was) {
      const missing = async () => {
        const live = (await this.list(where)).get(inputs.alias.toLowerCase());
        const sent = live && change(live, inputs, was);
        return sent && { ...sent, ...(live.digest === undefined ? {} : { digest: live.digest }) };
      };
      if (!(await missing())) return;
      await where.pve.write(call, {
        what: `changing alias ${inputs.alias} of ${placeWords(where.place)}`,
        lock: where.lock,
        send: async () => {
          const sent = await missing();
          if (sent) await where.at("aliases", inputs.alias).$put(sent);
        },
        happened: async () => (await missing()) === undefined,
      });
    },
    async remove(call, where, name) {
      const find = async () => (await this.list(where)).get(name.toLowerCase());
      await where.pve.write(call, {
        what: `deleting alias ${name}`,
        lock: where.lock,
        send: async () => {
          const live = await find();
          if (live) await where.at("aliases", name).$delete(live.digest === undefined ? {} : { digest: live.digest });
        },
        happened: async () => (await find()) === undefined,
      });
    },
    change: (alias, wanted) =>
      wanted !== undefined && wanted.cidr === undefined ? undefined : { kind: "alias", alias, cidr: wanted?.cidr },
    users: (pve, owner, name) =>
      usersOf(pve, owner, {
        rule: (rule) => namesThing(rule, false, name, owner),
        entry: (cidr) => namesIt(cidr, false, name, owner),
      }),
  });
