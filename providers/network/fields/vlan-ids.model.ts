import { z } from "zod";
import type { Mapped } from "../../kernel/fields/codec";

/** What Proxmox writes where a VLAN-aware bridge names none. */
const all = "2-4094";

const isId = (id: number): boolean => id >= 2 && id <= 4094;

const say = 'write an id from 2 to 4094, or a range such as "100-200"';

/** Ids and ranges of a VLAN-aware bridge. */
export const vlanIdList = z
  .array(
    z.union(
      [
        z.int(say).refine(isId, say),
        z.string().refine((text) => {
          const [from, to] = rangeOf(text);
          return isId(from) && isId(to) && from <= to;
        }, say),
      ],
      say,
    ),
  )
  .min(1, `name at least one id, or leave it out for ${all}`);

function rangeOf(text: string): [number, number] {
  const [, from = "0", to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return [Number(from), Number(to)];
}

/** Each id that a text of Proxmox's lets through. */
export const idsIn = (text: string): ReadonlySet<number> =>
  new Set(
    wordsIn(text).flatMap((word) => {
      const [from, to] = rangeOf(word);
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    }),
  );

const wordsIn = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== "");

export const vlanIds: Mapped = {
  key: "bridge_vids",
  effect: "reload",
  default: `\`["${all}"]\``,
  write: (wanted) => (wanted as readonly (number | string)[]).join(" "),
  read: (text) =>
    text === undefined ? undefined : wordsIn(text).map((word) => (/^\d+$/.test(word) ? Number(word) : word)),
  same: (wanted, live) => {
    const [one, other] = [idsIn(wanted), idsIn(live ?? all)];
    return one.size === other.size && [...one].every((id) => other.has(id));
  },
  rest: () => all,
};
