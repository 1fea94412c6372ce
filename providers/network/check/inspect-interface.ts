import { isDeepStrictEqual } from "node:util";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { besidesOf, type Beside } from "../../kernel/call/besides";
import { nameIn } from "../../kernel/state/urn";
import { rowAfter, type Kind } from "../kind";
import { kinds } from "../interface-kinds";
import { touchesPath } from "../path";
import { addressesOf } from "../place-addresses";
import { withoutSsh } from "../unguarded";
import type { NodeView } from "../view";
import { conflicts, overlaid } from "./conflicts";
import { declared, besideByUrn, type DescribedInterface } from "./described-interfaces";
import { contradictions } from "./fields";

type Values = Readonly<Record<string, unknown>>;

interface Interface {
  readonly kind: Kind;
  readonly call: Call;
  readonly pve: Pve;
  readonly node: string;
  readonly name: string;
  readonly view: NodeView;
}

/** Fields that say nothing of the interface itself. */
const beside = new Set(["timeouts", "peers", "jumbo", "restoreAfter", "unguarded", "adopt"]);

/** Checks an interface against its node and against all others that this run has described so far. */
export async function inspectInterface(one: Interface, inputs: Values, was: Values | undefined): Promise<Problem[]> {
  const { kind, call, pve, node, name, view } = one;
  const all = declared(pve);
  const before = was === undefined ? undefined : String(was["name"]);
  const renamed = before !== undefined && was?.["node"] === node && before !== name;
  // What is replaced is checked a second time, as if it were new.
  const oldName = renamed ? before : all.get(call.urn)?.oldName;
  const live = view.rows.get(name);
  const row = rowAfter(kind, live, { ...inputs, node, name }, live === undefined ? {} : (was ?? {}), view.rows);
  const nodeLocal = inputs["nodeLocal"] === true;
  const described: DescribedInterface = {
    urn: call.urn,
    resource: nameIn(call.urn),
    node,
    name,
    row,
    nodeLocal,
    oldName,
  };
  const others = [...all.values()].filter(({ urn }) => urn !== call.urn).concat(yetToCome(one, all));
  all.set(call.urn, described);
  const contradicting = contradictions(inputs, (field) => call.inputs[field] !== undefined);
  if (was !== undefined && isAsBefore(inputs, was) && contradicting.length === 0) return [];
  const here = others.filter((other) => other.node === node);
  return [
    ...contradicting,
    ...conflicts(described, { live: view.rows, others }),
    ...(await unguardedPath(one, inputs, described, here)),
  ];
}

/** What the program says of others on the same node that were not checked yet. */
function yetToCome(
  { call, pve, node, view }: Interface,
  all: ReadonlyMap<string, DescribedInterface>,
): DescribedInterface[] {
  const known = new Set([...all.values()].filter((one) => one.node === node).map(({ name }) => name));
  const others = besidesOf(call);
  const nameOf = ({ resource, args }: Beside): unknown => args["name"] ?? resource;
  besideByUrn(pve).set(
    call.urn,
    others.map(nameOf).filter((name) => typeof name === "string"),
  );
  return others.flatMap((other) => {
    const { kind, resource, args, unknown } = other;
    const name = nameOf(other);
    const own = kinds[kind as keyof typeof kinds] as Kind | undefined;
    if (!own || typeof name !== "string" || unknown.includes("name") || known.has(name)) return [];
    const row = rowAfter(own, view.rows.get(name), { ...args, node, name }, {}, view.rows);
    return [
      { urn: "", resource, node, name, row, nodeLocal: args["nodeLocal"] === true, uncertain: unknown.length > 0 },
    ];
  });
}

const isAsBefore = (inputs: Values, was: Values): boolean =>
  [...new Set([...Object.keys(inputs), ...Object.keys(was)])]
    .filter((field) => !beside.has(field) && !field.startsWith("__"))
    .every((field) => isDeepStrictEqual(inputs[field], was[field]));

/** Without SSH nothing brings back a node that cannot be reached any more. */
async function unguardedPath(
  { pve, node, name, view }: Interface,
  inputs: Values,
  described: DescribedInterface,
  here: readonly DescribedInterface[],
): Promise<Problem[]> {
  if (pve.process.ssh !== undefined || inputs["unguarded"] === true) return [];
  const addresses = await addressesOf(pve, node);
  const before = overlaid(view.rows, here);
  const reason = touchesPath(before, overlaid(before, [described]), name, addresses);
  return reason === undefined
    ? []
    : [
        {
          path: "name",
          message: withoutSsh(node, reason),
        },
      ];
}
