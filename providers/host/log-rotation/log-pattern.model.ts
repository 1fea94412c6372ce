/** One part of a path: letters as file names have them, and what stands for others. Nothing that logrotate or a shell reads. */
const part = /^(?:[A-Za-z0-9@%+=:._,*?-]|\[!?[A-Za-z0-9_.-]+\])+$/;
const isPattern = (text: string): boolean => /[*?[]/.test(text);

/** Where no logs lie: what is renamed or emptied there is missed at once. */
const systems = /^\/(?:bin|boot|dev|efi|etc|lib\w*|proc|rpool|run|sbin|sys|usr)(?:\/|$)/;
const deeper = ["/mnt/pve", "/var/lib", "/var/lock", "/var/run", "/var/spool"];
/** What storages hold, wherever they lie: disks, images and backups. */
const volumeEnding = /\.(?:img|iso|ova|qcow2|raw|tar\.zst|vma(?:\.\w+)?|vmdk)$/;
const volumeName = /(?:^|[^a-z])(?:base|basevol|subvol|vm)-\d+-(?:cloudinit|disk|state)/;
const someVolumes = ["vm-100-disk-0", "vm-100-disk-0.qcow2", "vm-100-disk-0.raw", "vm-100-disk-0.vmdk"];
/** May it stand for a VMID? */
const isNumber = (one: string): boolean => /^(?:\d|[*?]|\[[^\]]*\])+$/.test(one);
/** Names that logrotate gives: `app.log.1`, `app.log.1.gz`, `app.log-20261201`. */
const rotated = ["app.log.1", "app.log.1.gz", "app.log-20261201", "app.log-20261201.gz"];
/** Proxmox keeps its list of tasks and their logs there, and finds them by their names. */
const tasks = "/var/log/pve/tasks";

/** What is wrong with a path of logs; undefined for a sound one. */
export function logProblem(text: string): string | undefined {
  const [root, ...parts] = text.split("/");
  const first = parts[0] ?? "";
  if (root !== "" || parts.length < 2) return "write an absolute path of at least two parts, such as /var/log/app.log";
  if (text.length > 500 || parts.some((one) => !part.test(one) || one === "." || one === ".."))
    return "write letters, digits and @ % + = : . _ , - between the slashes, with *, ? and [a-z] for any of them";
  const upwards = parts.find((one) => partFits(one, ".."));
  if (upwards !== undefined) return `write the folder by its name: ${upwards} stands for the one above, too`;
  if (isPattern(first)) return `begin with a folder by its name: /${first} stands for any folder of the node`;
  const system = systems.exec(text)?.[0].replace(/\/$/, "") ?? deeper.find((folder) => isBelow(text, folder));
  if (system !== undefined) return `no logs lie in ${system}: what is there would be missed when it is renamed`;
  if (isBelow(text, tasks))
    return `${tasks} holds Proxmox's own list of tasks, which Proxmox finds no more when it is rotated`;
  const last = parts.at(-1) ?? "";
  if (isBelow(text, "/var/log/journal") && partFits(last, "system.journal"))
    return "/var/log/journal is systemd's journal, which rotates its own files and finds them by their names";
  if (meansRotated(last))
    return "end it as the logs end (*.log): this one means what was rotated before, too, and rotates it again";
  if (meansVolumes(parts, last))
    return "it means disks, images or backups of VMs, which would be renamed or emptied; end it as the logs end (*.log)";
  return undefined;
}

const meansVolumes = (parts: readonly string[], last: string): boolean =>
  parts.some((one, at) => volumeName.test(one) || (partFits(one, "images") && isNumber(parts[at + 1] ?? ""))) ||
  volumeEnding.test(last) ||
  someVolumes.some((name) => partFits(last, name));

/** Does what follows its last `*` end the names of what was rotated before? */
const meansRotated = (last: string): boolean =>
  last.includes("*") && rotated.some((name) => partFits(last.slice(last.lastIndexOf("*")), name));

/** Does the pattern name anything in this folder, however deep? */
function isBelow(pattern: string, folder: string): boolean {
  const depth = folder.split("/").length;
  const parts = pattern.split("/");
  return parts.length > depth && fits(parts.slice(0, depth).join("/"), folder);
}

/** Does a path fit a pattern, as glob(7) says: nothing stands for a slash, or for the dot that hides a file? */
export function fits(pattern: string, file: string): boolean {
  const [parts, names] = [pattern.split("/"), file.split("/")];
  return parts.length === names.length && parts.every((one, at) => partFits(one, names[at] ?? ""));
}

function partFits(pattern: string, name: string): boolean {
  if (!isPattern(pattern)) return pattern === name;
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const tokens = pattern.match(/\[!?\]?[^\]]*\]|[^]/g) ?? [];
  const pieces = tokens.map((token) => {
    if (token === "*") return ".*";
    if (token === "?") return ".";
    const [, not, members] = /^\[([!^]?)(\]?[^\]]*)\]$/.exec(token) ?? [];
    if (members === undefined) return token.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    return `[${not ? "^" : ""}${members.replace(/[\\\]^]/g, "\\$&")}]`;
  });
  try {
    return new RegExp(`^${pieces.join("")}$`, "s").test(name);
  } catch (error) {
    // Somebody else's pattern, as [z-a], which means nothing.
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}

/** Do two of them certainly mean one file: they are alike, or one is a name that the other one stands for? */
export const overlap = (one: string, other: string): boolean =>
  one === other || (!isPattern(one) && fits(other, one)) || (!isPattern(other) && fits(one, other));

/** The names among them that stand for themselves alone. */
export const plainNames = (logs: readonly string[]): string[] => logs.filter((log) => !isPattern(log));
