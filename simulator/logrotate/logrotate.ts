import path from "node:path/posix";
import { accountsOf } from "../linux/accounts.js";
import type { Shell } from "../ssh/node-shell.js";
import type { Ended } from "../ssh/ssh-record.js";
import { glob } from "./glob.js";
import { logFolders, logsOfNode, openFolders } from "./packaged-files.js";
import { RotationConfig, BeyondRotation, type Entry, type RotationHost } from "./rotation-config.js";

/** `logrotate -d -s /dev/null FILE`: reads the file and all that it includes, and changes nothing; undefined for any more. */
export function logrotate(shell: Shell, args: readonly string[]): Ended | undefined {
  const [debug, state, nowhere, file = "", ...more] = args;
  if (debug !== "-d" || state !== "-s" || nowhere !== "/dev/null" || file.startsWith("-") || more.length > 0)
    return undefined;
  return rotationRun(hostOf(shell), file);
}

/** What a run in debug mode says of a host's files; undefined where it would need more than is simulated. */
export function rotationRun(host: RotationHost, file: string): Ended | undefined {
  const config = new RotationConfig(host);
  try {
    config.read(file);
    for (const entry of config.entries) consider(config, host, entry);
  } catch (error) {
    if (!(error instanceof BeyondRotation)) throw error;
    return undefined;
  }
  const { said, entries } = config;
  const head = "warning: logrotate in debug mode does nothing except printing debug messages!";
  const state = ["Reading state from file: /dev/null", `Handling ${entries.length} logs`];
  return { code: config.failed ? 1 : 0, stderr: [head, ...said, ...state].map((line) => `${line}\n`).join("") };
}

function consider(config: RotationConfig, host: RotationHost, { logs, missingOk, su }: Entry): void {
  for (const log of logs) {
    const folder = path.dirname(log);
    const isThere = host.logs(log).includes(log);
    if (!su && !host.isFolder(folder)) {
      if (!missingOk) config.error(`stat of ${folder} failed: No such file or directory`);
    } else if (!su && host.isOpen(folder))
      config.error(
        `skipping "${log}" because parent directory has insecure permissions (It's world writable or writable by group ` +
          `which is not "root") Set "su" directive in config file to tell logrotate which user/group should be used for rotation.`,
      );
    else if (!isThere && !missingOk) config.error(`stat of ${log} failed: No such file or directory`);
  }
}

function hostOf({ files, node }: Shell): RotationHost {
  const { users, groups } = accountsOf(node);
  const logs = [...logsOfNode, ...files.namesBelow("/var/log")];
  const folders = new Set([...logFolders, ...logs.map((log) => path.dirname(log))]);
  return {
    users: new Set(users.map(({ name }) => name)),
    groups: new Set([...groups.map(({ name }) => name), "utmp"]),
    file(name) {
      const found = files.read(name);
      return found && { text: Buffer.from(found.content, "base64").toString("utf8"), mode: found.mode };
    },
    names: (folder) =>
      files.namesBelow(folder).flatMap((name) => (path.dirname(name) === folder ? [path.basename(name)] : [])),
    logs: (pattern) => glob(pattern, logs),
    isFolder: (folder) => folders.has(folder) || files.isDirectory(folder),
    isOpen: (folder) => openFolders.includes(folder),
  };
}

const recursive = "--dereference-recursive --text --with-filename --null --no-messages -e";

/** Every line of /etc/logrotate.conf and /etc/logrotate.d, behind the name of its file and a zero byte; undefined for any other. */
export function grepConfigs({ files }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== `${recursive}  -- /etc/logrotate.conf /etc/logrotate.d`) return undefined;
  const names = ["/etc/logrotate.conf", ...files.namesBelow("/etc/logrotate.d")];
  const lines = names.flatMap((name) => {
    const text = Buffer.from(files.read(name)?.content ?? "", "base64").toString("utf8");
    return text === ""
      ? []
      : text
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `${name}\0${line}\n`);
  });
  return { code: lines.length > 0 ? 0 : 1, stdout: lines.join("") };
}
