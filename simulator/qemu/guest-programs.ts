import { createHash } from "node:crypto";
import type { AgentState } from "../world/guest.js";

/** What a program has said, and how it ended. */
interface Said {
  readonly out?: string;
  readonly err?: string;
  readonly exitcode?: number;
}

/** Directories that there are without anybody making them. */
const present =
  /^\/(?:tmp|etc|etc\/sudoers\.d|root|run|home|opt|srv|usr|var|var\/tmp|var\/lib|usr\/local|usr\/local\/(?:bin|etc))?$/;
const modes: Readonly<Record<string, string>> = { "/tmp": "1777", "/var/tmp": "1777", "/root": "700" };

/** Packages of every image, and those that its archive has. */
const installed = ["apt", "dpkg", "systemd", "qemu-guest-agent", "cloud-init", "sudo"];
const archive = [...installed, "nginx", "htop", "curl", "docker.io", "docker-compose"];

export const isDirectory = (state: AgentState, path: string): boolean =>
  present.test(path) || state.directories?.includes(path) === true;

/**
 * Programs that look at files and packages, and change them, as GNU's coreutils, dpkg and apt document them, in the C
 * locale; undefined for any other one, and for what is not known of these.
 */
export function fileProgram(program: string, args: readonly string[], state: AgentState): Said | undefined {
  const operands = operandsOf(args);
  switch (program) {
    case "stat":
      return stat(args, operands, state);
    case "sha256sum":
      return sums(operands, state);
    case "mkdir":
      return makeDirectories(args, operands, state);
    case "install":
      return install(args, operands, state);
    case "mv":
      return move(operands, state);
    case "dpkg-query":
      return query(args, operands, state);
    case "apt-get":
      return aptGet(operands, state);
    default:
      return undefined;
  }
}

/** What is no option: after `--` everything, else what begins with no dash and follows no option with a value. */
function operandsOf(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const before = (end < 0 ? args : args.slice(0, end)).filter(
    (word, at, all) => !word.startsWith("-") && !/^-[ogm]$/.test(all[at - 1] ?? ""),
  );
  return [...before, ...(end < 0 ? [] : args.slice(end + 1))];
}

const option = (args: readonly string[], name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
};

const gone = (program: string, path: string): string => `${program}: ${path}: No such file or directory\n`;

function stat(args: readonly string[], paths: readonly string[], state: AgentState): Said | undefined {
  const form = args.find((word) => word.startsWith("--format="))?.slice("--format=".length);
  if (form === undefined || /%(?![FaUGn])/.test(form)) return undefined;
  let [out, err] = ["", ""];
  for (const path of paths) {
    const kind = kindOf(state, path);
    if (kind === undefined) {
      err += `stat: cannot statx '${path}': No such file or directory\n`;
      continue;
    }
    const usual = { mode: modes[path] ?? (kind === "directory" ? "755" : "644"), owner: "root", group: "root" };
    const { mode, owner, group } = state.attributes?.[path] ?? usual;
    const values: Record<string, string> = { F: kind, a: mode, U: owner, G: group, n: path };
    out += `${form.replace(/%([FaUGn])/g, (_, one: string) => values[one] ?? "")}\n`;
  }
  return { out, err, exitcode: err === "" ? 0 : 1 };
}

function kindOf(state: AgentState, path: string): string | undefined {
  if (state.links?.includes(path)) return "symbolic link";
  const content = state.files[path];
  if (content !== undefined) return content === "" ? "regular empty file" : "regular file";
  return isDirectory(state, path) ? "directory" : undefined;
}

function sums(paths: readonly string[], state: AgentState): Said {
  let [out, err] = ["", ""];
  for (const path of paths) {
    const content = state.files[path];
    if (content === undefined) err += gone("sha256sum", path);
    else out += `${createHash("sha256").update(content).digest("hex")}  ${path}\n`;
  }
  return { out, err, exitcode: err === "" ? 0 : 1 };
}

function makeDirectories(args: readonly string[], paths: readonly string[], state: AgentState): Said {
  for (const path of paths.filter((word) => !isDirectory(state, word))) {
    (state.directories ??= []).push(path);
    const mode = option(args, "-m");
    if (mode !== undefined) attribute(state, path, { mode });
  }
  return {};
}

function attribute(
  state: AgentState,
  path: string,
  { mode = "0755", owner = "root", group = "root" }: { mode?: string; owner?: string; group?: string },
): void {
  (state.attributes ??= {})[path] = { mode: mode.replace(/^0+(?=.)/, ""), owner, group };
}

/** `install [-D] -o owner -g group -m mode source target` */
function install(args: readonly string[], [from = "", to = ""]: readonly string[], state: AgentState): Said {
  const content = state.files[from];
  if (content === undefined) return { err: `install: cannot stat '${from}': No such file or directory\n`, exitcode: 1 };
  const above = to.split("/").slice(1, -1);
  const folders = above.map((_, at) => `/${above.slice(0, at + 1).join("/")}`);
  if (!args.includes("-D") && !folders.every((folder) => isDirectory(state, folder)))
    return { err: `install: cannot create regular file '${to}': No such file or directory\n`, exitcode: 1 };
  makeDirectories([], folders, state);
  state.files[to] = content;
  const [mode, owner, group] = ["-m", "-o", "-g"].map((name) => option(args, name));
  attribute(state, to, { mode: mode ?? "0755", ...(owner ? { owner } : {}), ...(group ? { group } : {}) });
  return {};
}

function move([from = "", to = ""]: readonly string[], state: AgentState): Said {
  const content = state.files[from];
  if (content === undefined) return { err: `mv: cannot stat '${from}': No such file or directory\n`, exitcode: 1 };
  state.files[to] = content;
  delete state.files[from];
  state.links = (state.links ?? []).filter((link) => link !== to);
  const attributes = (state.attributes ??= {});
  const own = attributes[from];
  delete attributes[from];
  if (own) attributes[to] = own;
  else delete attributes[to];
  return {};
}

function query(args: readonly string[], names: readonly string[], state: AgentState): Said | undefined {
  if (!args.includes("--showformat=${db:Status-Status} ${Package}\\n")) return undefined;
  const there = [...installed, ...(state.packages ?? [])];
  const [known, unknown] = [
    names.filter((name) => there.includes(name)),
    names.filter((name) => !there.includes(name)),
  ];
  return {
    out: known.map((name) => `installed ${name}\n`).join(""),
    err: unknown.map((name) => `dpkg-query: no packages found matching ${name}\n`).join(""),
    exitcode: unknown.length > 0 ? 1 : 0,
  };
}

/** `update`, and `install` of what the archive has. */
function aptGet([command, ...rest]: readonly string[], state: AgentState): Said | undefined {
  if (command === "update") return {};
  if (command !== "install") return undefined;
  const names = rest.filter((word) => !word.includes("::"));
  const unknown = names.filter((name) => !archive.includes(name));
  if (unknown.length > 0)
    return { err: unknown.map((name) => `E: Unable to locate package ${name}\n`).join(""), exitcode: 100 };
  state.packages = [...new Set([...(state.packages ?? []), ...names.filter((name) => !installed.includes(name))])];
  return {};
}
