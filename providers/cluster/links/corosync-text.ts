/** corosync.conf as text of which nothing is lost: only the lines that are to change are other ones afterwards. */
interface Section {
  readonly name: string;
  readonly head: string;
  readonly parts: Part[];
  foot: string;
}
type Part = string | Section;

/** What is read of it. */
export interface CorosyncConf {
  readonly cluster: string;
  readonly version: number;
  readonly nodes: readonly {
    readonly name: string;
    readonly nodeId: number;
    readonly votes: number;
    readonly links: Readonly<Record<string, string>>;
  }[];
  /** The quorum device; undefined without one. */
  readonly device: CorosyncDevice | undefined;
  /** What of the section quorum corosync does not take, or may not take, beside a device. */
  readonly besideDevice: readonly string[];
}

/** A device of the model `net`, whose host is a QNetd; what another model says is not read. */
export interface CorosyncDevice {
  readonly model: string;
  readonly host: string | undefined;
  readonly algorithm: string;
  /** As the file has it; undefined where corosync reckons them. */
  readonly votes: string | undefined;
  readonly tls: string;
}

/** A device that comes, or goes. */
interface DeviceChange {
  /** The nodes that are ready for it: no others may be in the file. */
  readonly members: readonly string[];
  /** Its section; none: the one of this host goes. */
  readonly lines?: readonly string[];
  readonly host: string;
}

/** One change of it; what is not named stays. */
export interface CorosyncChange {
  readonly version: number;
  /** Addresses of a link by the names of the nodes; none: the link goes. */
  readonly link?: { readonly number: string; readonly addresses?: Readonly<Record<string, string>> };
  /** By the numbers of links; undefined: corosync's own again. */
  readonly priorities?: Readonly<Record<string, number | undefined>>;
  readonly votes?: Readonly<Record<string, number>>;
  readonly device?: DeviceChange;
}

const isSection = (part: Part): part is Section => typeof part !== "string";
const strange = (line: string) =>
  new Error(`corosync.conf has a line that Proxmox does not write, and is left as it is: ${JSON.stringify(line)}`);

function parse(text: string): Section {
  const root: Section = { name: "", head: "", parts: [], foot: "" };
  const open = [root];
  for (const line of text.split("\n")) {
    const [, name] = /^\s*([\w.]+)\s*\{\s*$/.exec(line) ?? [];
    const section = open.at(-1);
    if (!section) throw strange(line);
    if (name !== undefined) {
      const inner: Section = { name, head: line, parts: [], foot: "" };
      section.parts.push(inner);
      open.push(inner);
    } else if (/^\s*\}\s*$/.test(line)) {
      if (open.length === 1) throw strange(line);
      section.foot = line;
      open.pop();
    } else if (/^\s*(?:#.*)?$/.test(line) || /^\s*[\w.]+:\s*\S+\s*$/.test(line)) section.parts.push(line);
    else throw strange(line);
  }
  if (open.length !== 1) throw strange(text.split("\n").at(-1) ?? "");
  return root;
}

const linesOf = ({ parts }: Section): string[] =>
  parts.flatMap((part) => (isSection(part) ? [part.head, ...linesOf(part), part.foot] : [part]));

function only(section: Section, name: string): Section {
  const found = section.parts.filter(isSection).filter((one) => one.name === name);
  const [first] = found;
  if (!first || found.length > 1)
    throw new Error(`corosync.conf has ${found.length} sections ${name}; it is left as it is`);
  return first;
}

const all = ({ parts }: Section, name: string): Section[] => parts.filter(isSection).filter((one) => one.name === name);

const keyOf = (line: string): string | undefined => /^\s*([\w.]+):/.exec(line)?.[1];

function value({ parts }: Section, key: string): string | undefined {
  const line = parts.find((part): part is string => !isSection(part) && keyOf(part) === key);
  return line === undefined ? undefined : /:\s*(\S+)\s*$/.exec(line)?.[1];
}

/** Keys are sorted, as Proxmox writes them. */
function set(section: Section, key: string, to: string | undefined): void {
  const { parts } = section;
  const at = parts.findIndex((part) => !isSection(part) && keyOf(part) === key);
  const indent = /^\s*/.exec(section.head)?.[0] ?? "";
  const line = `${indent}  ${key}: ${to ?? ""}`;
  if (at >= 0) parts.splice(at, 1, ...(to === undefined ? [] : [line]));
  else if (to !== undefined) {
    const later = parts.findIndex((part) => !isSection(part) && (keyOf(part) ?? "") > key);
    parts.splice(later < 0 ? parts.length : later, 0, line);
  }
}

/** What the file says; what is not of Proxmox's form is an error. */
export function readCorosync(text: string): CorosyncConf {
  const root = parse(text);
  const totem = only(root, "totem");
  const version = Number(value(totem, "config_version"));
  const cluster = value(totem, "cluster_name");
  if (!Number.isInteger(version) || version < 1 || cluster === undefined)
    throw new Error("corosync.conf tells neither its version nor its cluster; it is left as it is");
  return {
    cluster,
    version,
    device: all(root, "quorum").map(deviceIn)[0],
    besideDevice: all(root, "quorum").flatMap(besideDevice),
    nodes: all(only(root, "nodelist"), "node").map((node) => ({
      name: value(node, "name") ?? "",
      nodeId: Number(value(node, "nodeid")),
      votes: Number(value(node, "quorum_votes") ?? 0),
      links: Object.fromEntries(
        node.parts.flatMap((part) => {
          const number = isSection(part) ? undefined : /^ring([0-7])_addr$/.exec(keyOf(part) ?? "")?.[1];
          return number === undefined ? [] : [[number, value(node, `ring${number}_addr`) ?? ""]];
        }),
      ),
    })),
  };
}

/**
 * With two_node, auto_tie_breaker, last_man_standing or allow_downscale beside a device corosync does not start, and with expected_votes
 * it may not (`votequorum_readconfig` in votequorum.c): of what is not known to be harmless the same is to be feared.
 */
function besideDevice({ parts }: Section): string[] {
  const harmless = ["provider", "device", "wait_for_all"];
  const names = parts.flatMap((part) => (isSection(part) ? part.name : (keyOf(part) ?? [])));
  return names.filter((name) => !harmless.includes(name)).map((name) => `quorum.${name}`);
}

/** What is to be done about them. */
export const strangeBeside = (keys: readonly string[]): string =>
  `corosync.conf has ${keys.join(", ")}, with which corosync may not start beside a QDevice: first take ${keys.length === 1 ? "it" : "them"} out of /etc/pve/corosync.conf, with a config_version that is higher by one`;

function deviceIn(quorum: Section): CorosyncDevice | undefined {
  if (all(quorum, "device").length === 0) return undefined;
  const device = only(quorum, "device");
  const [net] = all(device, "net");
  return {
    model: value(device, "model") ?? "",
    host: net && value(net, "host"),
    // corosync-qdevice(8)
    algorithm: (net && value(net, "algorithm")) ?? "ffsplit",
    votes: value(device, "votes"),
    tls: (net && value(net, "tls")) ?? "on",
  };
}

function changeDevice(root: Section, { members, lines, host }: DeviceChange): void {
  const quorum = only(root, "quorum");
  const there = deviceIn(quorum);
  const names = all(only(root, "nodelist"), "node").map((node) => value(node, "name") ?? "");
  if ([...names].sort().join() !== [...members].sort().join())
    throw new Error(
      `corosync.conf has the nodes ${names.join(", ")}, and not ${members.join(", ")}; it is left as it is`,
    );
  if (lines ? there !== undefined : there?.host !== host)
    throw new Error(
      `corosync.conf has ${there === undefined ? "no QDevice" : `a QDevice at ${there.host ?? "no host"}`}; it is left as it is`,
    );
  const strangers = lines ? besideDevice(quorum) : [];
  if (strangers.length > 0) throw new Error(`${strangeBeside(strangers)}; it is left as it is`);
  if (!lines) quorum.parts.splice(quorum.parts.indexOf(only(quorum, "device")), 1);
  else quorum.parts.unshift(...parse(lines.join("\n")).parts);
}

/** The text with one change and another version. */
export function changedCorosync(
  text: string,
  { version, link, priorities = {}, votes = {}, device }: CorosyncChange,
): string {
  const root = parse(text);
  const [totem, nodes] = [only(root, "totem"), all(only(root, "nodelist"), "node")];
  set(totem, "config_version", String(version));
  if (device) changeDevice(root, device);
  const byNumber = (number: string) => all(totem, "interface").find((one) => value(one, "linknumber") === number);
  for (const node of nodes) {
    const name = value(node, "name") ?? "";
    if (link) {
      const address = link.addresses?.[name];
      if (link.addresses && address === undefined)
        throw new Error(
          `nothing says which address ${name} has on link ${link.number}; corosync.conf is left as it is`,
        );
      set(node, `ring${link.number}_addr`, address);
    }
    if (votes[name] !== undefined) set(node, "quorum_votes", String(votes[name]));
  }
  if (link) {
    const there = byNumber(link.number);
    if (there && !link.addresses) totem.parts.splice(totem.parts.indexOf(there), 1);
    if (!there && link.addresses) {
      const head = "  interface {";
      const inner: Section = { name: "interface", head, parts: [`    linknumber: ${link.number}`], foot: "  }" };
      const last = totem.parts.findLastIndex((part) => isSection(part) && part.name === "interface");
      const later = totem.parts.findIndex((part) => !isSection(part) && (keyOf(part) ?? "") > "interface");
      totem.parts.splice(last >= 0 ? last + 1 : later < 0 ? totem.parts.length : later, 0, inner);
    }
  }
  for (const [number, priority] of Object.entries(priorities)) {
    const section = byNumber(number);
    if (!section) throw new Error(`corosync.conf has no interface of link ${number}; it is left as it is`);
    set(section, "knet_link_priority", priority === undefined ? undefined : String(priority));
  }
  return linesOf(root).join("\n");
}
