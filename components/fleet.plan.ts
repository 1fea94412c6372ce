import { vmModel } from "../providers/vm/vm.model";
import { problemsOf, suggestion } from "../providers/kernel/state/problems";
import { isUnknown } from "../providers/kernel/state/unknowns";
import { oneSpelling, parseAddress, parseCidr, unusable } from "../pve/format/cidr";
import { columnOf } from "./fleet-columns.plan";
import { merge, setDefault } from "./fleet-merge.plan";
import { addressFor, expand, isPattern, patternProblem } from "./fleet-pattern.plan";
import { readTable, rowOf, type Row, type TableSource } from "./fleet-table.plan";

type Tree = Record<string, unknown>;

/** How a fleet's VMs come to their nodes. */
export type Spread = "round-robin" | "most-free-memory" | "fixed";

/** What a fleet is planned from. */
export interface FleetDescription {
  readonly vm: Tree;
  readonly count?: number | undefined;
  readonly names?: string | readonly string[] | undefined;
  readonly table?: TableSource | undefined;
  readonly overrides?: Readonly<Record<string, Tree>> | undefined;
  readonly address?: string | undefined;
  readonly gateway?: string | undefined;
  readonly address6?: string | undefined;
  readonly gateway6?: string | undefined;
  readonly nodes?: readonly string[] | undefined;
  readonly spread?: Spread | undefined;
  readonly templates?: readonly string[] | undefined;
}

/** One VM of a fleet: its name, and what it has beside or instead of the shared description. */
export interface Machine {
  readonly name: string;
  readonly over: Tree;
  /** Node that it is to be made on, where the plan says so. */
  readonly node: string | undefined;
}

export interface FleetPlan {
  readonly machines: readonly Machine[];
  /** Everything that is wrong, each with its place and what to write instead. */
  readonly problems: readonly string[];
}

/** Plans a fleet as a whole; with problems there are no machines. */
export function planFleet(fleet: FleetDescription): FleetPlan {
  const problems: string[] = [];
  const { rows, numbered } = rowsOf(fleet, problems);
  problems.push(...patternProblems(fleet, numbered));
  const machines = rows.map((row, i) => machineOf(fleet, row, i, problems));
  const visible = machines.map(({ over }) => mergeKnown(fleet.vm, over) as Tree);
  problems.push(...fieldProblems(rows, visible), ...duplicates(rows, visible), ...addressProblems(rows, visible));
  return problems.length > 0
    ? { machines: [], problems: inOrder([...new Set(problems)], rows) }
    : { machines, problems };
}

/** What concerns the whole first, then row by row. */
function inOrder(problems: readonly string[], rows: readonly Row[]): string[] {
  const place = (text: string) =>
    rows.findIndex(({ where }) => text.startsWith(`${where}:`) || text.startsWith(`${where},`));
  return [...problems].sort((a, b) => place(a) - place(b));
}

function rowsOf(fleet: FleetDescription, problems: string[]): { rows: Row[]; numbered: boolean } {
  const { count, names, table, overrides = {} } = fleet;
  const list = typeof names === "object" ? names : undefined;
  const pattern = typeof names === "string" ? names : undefined;
  const kinds = [
    list && "a list of names",
    table && "a table",
    (pattern !== undefined || count !== undefined) && "count",
  ];
  const given = kinds.filter((kind) => kind);
  if (given.length !== 1) {
    const have = given.length === 0 ? "nothing says which VMs there are" : `${given.join(" and ")} exclude each other`;
    problems.push(`${have}; write count with a pattern as names ("web-{n:02}"), or a list of names, or a table`);
    return { rows: [], numbered: false };
  }
  if (table) {
    const read = readTable(table, vmModel.schema);
    problems.push(...read.problems);
    if (Object.keys(overrides).length > 0)
      problems.push("overrides: a table holds what differs itself; write it into the table");
    return { rows: read.rows, numbered: false };
  }
  const all = list ?? expanded(pattern, count, problems);
  for (const name of Object.keys(overrides))
    if (!all.includes(name))
      problems.push(`overrides.${name}: there is no such VM in the fleet${suggestion(name, all)}`);
  const rows = all.map((name) => rowOf(name, overrides[name] ?? {}, name, vmModel.schema, problems));
  return { rows, numbered: list === undefined };
}

function expanded(pattern: string | undefined, count: number | undefined, problems: string[]): string[] {
  if (pattern === undefined || !isPattern(pattern)) {
    problems.push('names: count needs a pattern with the VM\'s number; write e.g. names: "web-{n:02}"');
    return [];
  }
  if (count === undefined || !Number.isInteger(count) || count < 0 || count > 10_000) {
    problems.push(`count: write how many VMs there are, 0 to 10000 (got ${String(count)})`);
    return [];
  }
  return Array.from({ length: count }, (_, i) => expand(pattern, i + 1));
}

/** Whatever counts goes by a VM's number, which only a pattern of names gives it for ever. */
function patternProblems(
  { names, address, address6, gateway, gateway6, ...fleet }: FleetDescription,
  numbered: boolean,
): string[] {
  const found: string[] = [];
  const texts = { names: typeof names === "string" ? names : undefined, address, address6, gateway, gateway6 };
  for (const [field, text] of Object.entries(texts)) {
    const problem = text === undefined ? undefined : patternProblem(text);
    if (problem !== undefined) found.push(`${field}: ${problem}`);
  }
  for (const [field, text] of Object.entries({ address, address6 }))
    if (text !== undefined && !numbered && (isPattern(text) || parseCidr(text)))
      found.push(
        `${field}: counts the VMs, and removing one from a list or table would give all later ones another address; ` +
          `write each one's own ${field} beside its name`,
      );
  const { nodes = [], spread, templates } = fleet;
  if (spread !== undefined && !["round-robin", "most-free-memory", "fixed"].includes(spread))
    found.push(`spread: write round-robin, most-free-memory or fixed (got ${JSON.stringify(spread)})`);
  if ((spread === "round-robin" || spread === "most-free-memory") && nodes.length === 0)
    found.push(`nodes: spread ${spread} needs the nodes to spread over`);
  if (spread === "fixed" && nodes.length > 0)
    found.push("nodes: with spread fixed each VM names its own node; leave nodes out, or write round-robin");
  if (new Set(nodes).size < nodes.length) found.push("nodes: names a node twice; write each once");
  if (templates && spread === "most-free-memory")
    found.push(
      "templates: the node is chosen when a VM is made; use one template for all nodes, or spread round-robin",
    );
  return found;
}

/**
 * Nodes of a VM that names none: all are allowed, and the first is where it is made. The order is of no account
 * afterwards, so that a row that comes or goes never moves the others.
 */
export const rotated = (nodes: readonly string[], place: number): string[] =>
  nodes.map((_, i) => nodes[(place + i) % nodes.length] as string);

function machineOf(fleet: FleetDescription, row: Row, i: number, problems: string[]): Machine {
  const { nodes = [], spread = nodes.length > 0 ? "round-robin" : "fixed" } = fleet;
  const over = structuredClone(row.over);
  for (const family of ["", "6"] as const) {
    const [address, gateway] = [fleet[`address${family}`], fleet[`gateway${family}`]];
    if (address !== undefined) {
      const found = addressFor(address, i + 1);
      if ("problem" in found) {
        problems.push(`${row.where}, address${family}: ${found.problem}`);
        continue;
      }
      setDefault(over, ["cloudInit", "addresses", 0, `address${family}`], found.value);
    }
    if (gateway !== undefined)
      setDefault(over, ["cloudInit", "addresses", 0, `gateway${family}`], expand(gateway, i + 1));
  }
  const own = over["node"] ?? over["nodes"] ?? fleet.vm["node"] ?? fleet.vm["nodes"];
  if (own !== undefined || spread === "fixed" || nodes.length === 0)
    return { name: row.name, over, node: typeof over["node"] === "string" ? over["node"] : undefined };
  if (spread === "most-free-memory")
    return { name: row.name, over: { ...over, nodes: [...nodes], placement: spread }, node: undefined };
  const order = rotated(nodes, i);
  return { name: row.name, over: { ...over, nodes: order }, node: order[0] };
}

/** Merges plain values; one that is not known yet stays so. */
const mergeKnown = (base: unknown, over: unknown): unknown =>
  merge(
    base,
    over,
    (value) => !isUnknown(value),
    (value) => value,
  );

/** What the VM's own schema says of each row; what is wrong with all of them alike is told once. */
function fieldProblems(rows: readonly Row[], visible: readonly Tree[]): string[] {
  const found = rows.map((row, i) =>
    problemsOf(
      vmModel.schema,
      { ...visible[i], ...(row.name === "" ? {} : { name: row.name }) },
      vmModel.sensitive,
    ).map((problem) => ({
      ...problem,
      key: `${problem.path}: ${problem.message}`,
    })),
  );
  const everywhere = new Set(
    (found[0] ?? [])
      .map(({ key }) => key)
      .filter((key) => rows.length > 1 && found.every((own) => own.some((one) => one.key === key))),
  );
  const shared = (found[0] ?? []).filter(({ key }) => everywhere.has(key)).map(({ key }) => `vm.${key}`);
  const own = found.flatMap((problems, i) =>
    problems
      .filter(({ key }) => !everywhere.has(key))
      .map(({ path, message }) => `${at(rows[i] as Row, path)}: ${message}`),
  );
  return [...shared, ...own];
}

const at = (row: Row, path: string): string => `${row.where}, ${columnOf(path, row.columns)}`;

interface Used {
  readonly row: Row;
  readonly path: string;
  readonly shown: string;
}

/** Names, VMIDs, MAC addresses and IP addresses that several rows have. */
function duplicates(rows: readonly Row[], visible: readonly Tree[]): string[] {
  const used = new Map<string, Used[]>();
  const note = (kind: string, value: string, entry: Used) => {
    const key = `${kind} ${value}`;
    used.set(key, [...(used.get(key) ?? []), entry]);
  };
  rows.forEach((row, i) => {
    if (row.name !== "") note("name", row.name.toLowerCase(), { row, path: "name", shown: row.name });
    const { vmid, networks } = visible[i] as Tree;
    if (typeof vmid === "number") note("vmid", String(vmid), { row, path: "vmid", shown: String(vmid) });
    list(networks).forEach(({ mac }, n) => {
      if (typeof mac === "string") note("MAC", mac.toLowerCase(), { row, path: `networks[${n}].mac`, shown: mac });
    });
    for (const { path, ip } of staticAddresses(visible[i] as Tree)) note("IP", ip, { row, path, shown: ip });
  });
  return [...used.values()]
    .filter((entries) => entries.length > 1)
    .flatMap(([first, ...others]) =>
      others.map(
        ({ row, path, shown }) =>
          `${at(row, path)}: ${shown} is that of ${(first as Used).row.where} too; write another`,
      ),
    );
}

/** Addresses that name a network or a router, in the eyes of the whole fleet. */
function addressProblems(rows: readonly Row[], visible: readonly Tree[]): string[] {
  const gateways = new Set<string>();
  for (const tree of visible)
    for (const { gateway, gateway6 } of list((tree["cloudInit"] as Tree | undefined)?.["addresses"]))
      for (const router of [gateway, gateway6])
        if (typeof router === "string" && parseAddress(router)) gateways.add(oneSpelling(router));
  return rows.flatMap((row, i) =>
    staticAddresses(visible[i] as Tree).flatMap(({ path, ip, cidr }) => {
      const parsed = parseCidr(cidr);
      const problem = parsed && unusable(parsed);
      if (problem !== undefined) return [`${at(row, path)}: ${ip} ${problem}; write a machine's address`];
      return gateways.has(ip) ? [`${at(row, path)}: ${ip} is the gateway of the fleet; write another`] : [];
    }),
  );
}

function staticAddresses(tree: Tree): { path: string; ip: string; cidr: string }[] {
  return list((tree["cloudInit"] as Tree | undefined)?.["addresses"]).flatMap((entry, i) =>
    (["address", "address6"] as const).flatMap((key) => {
      const parsed = typeof entry[key] === "string" ? parseCidr(entry[key]) : undefined;
      const path = `cloudInit.addresses[${i}].${key}`;
      return parsed ? [{ path, ip: parsed.address.toString(), cidr: entry[key] as string }] : [];
    }),
  );
}

const list = (value: unknown): Tree[] =>
  Array.isArray(value)
    ? value.map((item: unknown) => (item !== null && typeof item === "object" ? (item as Tree) : {}))
    : [];
