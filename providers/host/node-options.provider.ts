import { changeOfText, changeOfTexts, fromTexts, textsOf, type TextChange } from "../kernel/fields/mapping";
import type { Session } from "../kernel/session/session";
import {
  acmeDomainField,
  acmeDomainKeys,
  nodeOptionFields,
  nodeOptionsModel,
  type NodeOptionsInputs,
} from "./node-options.model";
import { nodeSettings } from "./node-settings";

type Texts = Readonly<Record<string, string>>;
type Wanted = Partial<NodeOptionsInputs>;

/** What the node has, of whatever it has. */
function allOf(live: Texts): Wanted {
  const whole = { wakeOnLan: {}, location: {}, acme: {}, acmeDomains: [] };
  const wanted = Object.fromEntries(
    [...Object.entries(nodeOptionFields).map(([name, { key }]) => [name, key] as const), ["acmeDomains", ""] as const]
      .filter(([, key]) => key === "" || live[key] !== undefined)
      .map(([name]) => [name, whole[name as keyof typeof whole] ?? ""]),
  );
  return inputsOf(live, wanted);
}

/** What the node has of the keys that are wanted. */
function inputsOf(live: Texts, wanted: Wanted): Wanted {
  const found = fromTexts(nodeOptionFields, live, wanted);
  const domains = acmeDomainKeys.flatMap((key, index) =>
    live[key] === undefined ? [] : [acmeDomainField.read(live[key], wanted.acmeDomains?.[index] ?? {})],
  );
  const named = Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name]]));
  return {
    ...named,
    ...(wanted.acmeDomains === undefined ? {} : { acmeDomains: domains }),
    ...(wanted.timeouts === undefined ? {} : { timeouts: wanted.timeouts }),
  } as Wanted;
}

function changeOf(live: Texts, wanted: Wanted, was: Wanted): TextChange | undefined {
  const { set, delete: gone } = changeOfTexts(nodeOptionFields, live, wanted, was);
  const deleted = [...gone];
  // A list that is managed is the whole list: what stands behind its end goes.
  const whole = wanted.acmeDomains !== undefined;
  acmeDomainKeys.forEach((key, index) => {
    const before = was.acmeDomains?.[index] ?? (whole ? live[key] : undefined);
    changeOfText(acmeDomainField, key, live, wanted.acmeDomains?.[index], before, set, deleted);
  });
  return Object.keys(set).length + deleted.length > 0 ? { set, delete: deleted } : undefined;
}

const short = (text: string): string => {
  const [first = "", ...more] = text.trim().split("\n");
  return `"${first.slice(0, 60)}${more.length > 0 || first.length > 60 ? "…" : ""}"`;
};

export const nodeOptionsProvider = (session: Session) =>
  nodeSettings<NodeOptionsInputs, Texts, TextChange>(session, {
    kind: "NodeOptions",
    model: nodeOptionsModel,
    ...{ what: "options", number: "plural" },
    timeouts: { create: "2m", update: "2m", delete: "1m", read: "2m" },
    read: async (pve, node) => textsOf(await pve.api.nodes.$(node).config.$get()),
    inputs: inputsOf,
    all: allOf,
    change: changeOf,
    send: (pve, node, { set, delete: gone }, { digest }) =>
      pve.api.nodes.$(node).config.$put({
        ...set,
        ...(gone.length > 0 ? { delete: gone.join(",") } : {}),
        // A node without options has no file, and nothing to compare.
        ...(digest === undefined ? {} : { digest }),
      }),
    givesWay(live, wanted) {
      const { set, delete: gone } = changeOf(live, wanted, {}) ?? { set: {}, delete: [] };
      const lost = [...Object.keys(set), ...gone].filter((key) => live[key] !== undefined && live[key] !== "");
      return lost.length === 0 ? undefined : lost.map((key) => `${key} ${short(live[key] ?? "")}`).join(", ");
    },
    describe: (wanted) =>
      Object.keys(wanted)
        .filter((name) => name !== "node" && name !== "timeouts" && !name.startsWith("__"))
        .join(", ") || "nothing set",
  });
