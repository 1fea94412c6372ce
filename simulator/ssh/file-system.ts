import { createHash } from "node:crypto";
import path from "node:path/posix";
import { firewallFileAt, hostFile as hostFirewallFile, removeFile } from "../firewall/firewall-files.js";
import { printConfig } from "../qemu/config-file.js";
import { sniff } from "../storage/image-file.js";
import { contentDirectory } from "../storage/paths.js";
import { isEnabled, storages } from "../storage/sections.js";
import { storageCfgText } from "../storage/storage-cfg.js";
import { storageTypes } from "../storage/storage-types.js";
import type { ContentType, Storage } from "../storage/types.js";
import { storeOf } from "../storage/volumes.js";
import { packagedFile, packagedFiles, removePackagedFile } from "../logrotate/packaged-files.js";
import type { Simulation } from "../simulation.js";
import type { NodeFile } from "../world/node-ssh.js";
import type { Volumes, WebFile } from "../world/storage.js";
import type { NodeState } from "../world/world.js";
import { askWeb, bytesOf } from "../storage/wget.js";
import { FileError } from "./file-error.js";
import { renameFile, type Files } from "./machine-files.js";
import { isMounted } from "../cluster/local-mode.js";
import {
  clusterFile,
  nodeDirectory,
  plainFileAt,
  removeClusterFile,
  timeOfClusterFile,
  writeClusterFile,
} from "./cluster-files.js";
import { hostFile, isHostFile, removeHostFile, writeHostFile } from "./host-files.js";
import { sshOf } from "./host-key.js";

/** A place for a file on a storage. */
interface VolumePlace {
  readonly store: Volumes;
  readonly key: string;
  readonly content: ContentType;
}

const contents = ["images", "iso", "vztmpl", "backup", "snippets", "import"] as const;
/** Directories that every node has. */
const always = [
  "/",
  "/etc",
  "/etc/corosync",
  "/etc/kernel",
  "/etc/logrotate.d",
  "/etc/network",
  "/etc/pve",
  "/etc/pve/firewall",
  "/etc/pve/local",
  "/etc/pve/priv",
  "/etc/pve/priv/lock",
  "/etc/sysctl.d",
  "/home",
  "/opt",
  "/srv",
  "/proc/sys/kernel/random",
  "/root",
  "/root/.ssh",
  "/run",
  "/tmp",
  "/var",
  "/var/tmp",
  "/var/lib",
  "/var/lib/corosync",
  "/var/lib/pve-cluster",
  "/mnt",
  "/mnt/pve",
];

/** A file for whose content a few bytes stand, and what is known of the rest. */
export const fileOf = (web: WebFile, url: string): NodeFile => ({
  content: bytesOf(web, url).toString("base64"),
  mode: 0o644,
  web,
});

/** Another one after each boot. */
function bootId({ name, booted }: NodeState): string {
  const digits = createHash("sha256").update(`${name} ${booted}`).digest("hex").slice(0, 32);
  return `${digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}\n`;
}

/** The files of one node: its storages' directories over the world's volumes, /etc/pve to read, and a few others. */
export class FileSystem implements Files {
  constructor(
    private readonly simulation: Simulation,
    private readonly node: NodeState,
  ) {}

  read(file: string): NodeFile | undefined {
    const at = path.normalize(file);
    const place = this.volumeAt(at);
    if (!place)
      return (
        hostFile(this.node, at) ?? sshOf(this.node).files[at] ?? packagedFile(this.node, at) ?? this.configFile(at)
      );
    const volume = place.store[place.key];
    if (!volume) return undefined;
    if (volume.content === undefined && volume.bytes > 0)
      throw new FileError("failure", `the world knows of ${at} only how large it is`);
    return { content: volume.content ?? "", mode: volume.mode ?? 0o644 };
  }

  /** Bytes and mode without the content. */
  size(file: string): { bytes: number; mode: number } | undefined {
    const at = path.normalize(file);
    const place = this.volumeAt(at);
    const volume = place?.store[place.key];
    if (place) return volume && { bytes: volume.bytes, mode: volume.mode ?? 0o644 };
    const found = this.read(at);
    return found && { bytes: Buffer.from(found.content, "base64").length, mode: found.mode };
  }

  /** When it was written last, in seconds; 0 where nobody knows. */
  time(file: string): number | undefined {
    const at = path.normalize(file);
    return (
      timeOfClusterFile(this.simulation, this.node, at) ??
      (this.size(at) ? (sshOf(this.node).times?.[at] ?? 0) : undefined)
    );
  }

  setTime(file: string, seconds: number): void {
    const ssh = sshOf(this.node);
    ssh.times = { ...ssh.times, [path.normalize(file)]: seconds };
  }

  write(file: string, content: NodeFile): void {
    const at = path.normalize(file);
    if (!this.isDirectory(path.dirname(at))) throw new FileError("missing", "No such file or directory");
    if (this.isDirectory(at)) throw new FileError("failure", "Is a directory");
    // Of the cluster's own configuration only these may be changed here, by what is moved into their place.
    if (/^\/(?:etc\/pve|proc)\//.test(at)) {
      const firewall = firewallFileAt(at, this.node.name) !== undefined && isMounted(this.node);
      const plain = plainFileAt(at);
      const changeable =
        firewall ||
        (plain !== undefined && isMounted(this.node)) ||
        /^\/etc\/pve\/(?:priv\/|corosync\.conf(?:$|\.))/.test(at);
      if (!changeable || !this.simulation.isQuorate(this.node)) throw new FileError("denied", "Permission denied");
      const text = Buffer.from(content.content, "base64").toString("utf8");
      if (plain !== undefined) {
        const cluster = this.simulation.clusterOf(this.node);
        cluster.plainFiles = { ...cluster.plainFiles, [plain]: text };
      } else if (at.endsWith(".new") && !firewall) sshOf(this.node).files[at] = content;
      else if (!writeClusterFile(this.simulation, this.node, at, text))
        throw new FileError("denied", "Permission denied");
      return this.changed();
    }
    const place = this.volumeAt(at);
    if (isHostFile(at)) writeHostFile(this.node, at, content, this.simulation.clock.now());
    else if (!place) {
      sshOf(this.node).files[at] = content;
      this.setTime(at, this.simulation.clock.seconds() + (this.node.clockOffset ?? 0));
    } else place.store[place.key] = this.volumeOf(content, place.content);
    this.changed();
  }

  remove(file: string): void {
    const at = path.normalize(file);
    if (!this.size(at)) throw new FileError("missing", "No such file or directory");
    const firewall = firewallFileAt(at, this.node.name) !== undefined && this.simulation.isQuorate(this.node);
    const plain = plainFileAt(at);
    if (plain !== undefined && this.simulation.isQuorate(this.node)) {
      delete this.simulation.clusterOf(this.node).plainFiles?.[plain];
      return this.changed();
    }
    const conf = at === "/etc/pve/corosync.conf" && this.node.clusterService?.local?.running === true;
    if (at.startsWith("/etc/pve/") && (plain !== undefined || (!at.endsWith(".new") && !firewall && !conf)))
      throw new FileError("denied", "Permission denied");
    const place = this.volumeAt(at);
    if (isHostFile(at)) removeHostFile(this.node, at);
    else if (sshOf(this.node).files[at] === undefined && removeClusterFile(this.simulation, this.node, at))
      return this.changed();
    else if (place) delete place.store[place.key];
    else {
      delete sshOf(this.node).files[at];
      delete sshOf(this.node).times?.[at];
      removePackagedFile(this.node, at);
    }
    this.changed();
  }

  rename(from: string, to: string): void {
    const time = this.time(from);
    renameFile(this, from, to);
    // Below /etc/pve a new name has a new time.
    if (time !== undefined && !to.startsWith("/etc/pve/")) this.setTime(to, time);
  }

  /** `rm -r` of a node's directory in the cluster file system: what is in it goes, the configs of its guests too. */
  removeNodeDirectory(directory: string): void {
    const name = nodeDirectory(this.simulation, this.node, directory);
    if (name === undefined) throw new FileError("missing", "No such file or directory");
    if (!this.simulation.isQuorate(this.node)) throw new FileError("denied", "Permission denied");
    const cluster = this.simulation.clusterOf(this.node);
    for (const [vmid, guest] of Object.entries(cluster.guests)) if (guest.node === name) delete cluster.guests[vmid];
    delete cluster.nodeConfigs[name];
    removeFile(cluster, hostFirewallFile(name));
    delete cluster.keptCertificates?.[name];
    delete cluster.keptPems?.[name];
    delete cluster.keptOwnPems?.[name];
    cluster.leftNodes = (cluster.leftNodes ?? []).filter((one) => one !== name);
    this.changed();
  }

  /** `rmdir` of a lock in the cluster file system. */
  removeLock(directory: string): boolean {
    const at = sshOf(this.node).directories.indexOf(path.normalize(directory));
    if (at < 0 || !directory.startsWith("/etc/pve/priv/lock/")) return false;
    sshOf(this.node).directories.splice(at, 1);
    this.changed();
    return true;
  }

  /** What the node gets from the web; undefined when it gets nothing. */
  fetch(url: string, verify: boolean): NodeFile | undefined {
    const answer = askWeb(this.simulation.world.web, url, verify);
    return answer.kind === "file" ? fileOf(answer.file, url) : undefined;
  }

  isDirectory(file: string): boolean {
    const at = path.normalize(file).replace(/(.)\/$/, "$1");
    const { directories } = sshOf(this.node);
    if (nodeDirectory(this.simulation, this.node, at) !== undefined) return true;
    // What the package brings; a node of Proxmox VE has no sudo by itself.
    const sudo = this.node.packages?.installed["sudo"] === undefined ? [] : ["/etc/sudoers.d"];
    const firewalls = Object.keys(this.simulation.clusterOf(this.node).firewallFiles ?? {}).map(
      (name) => `/etc/pve/${path.dirname(name)}`,
    );
    const known = [
      ...always,
      ...sudo,
      ...firewalls,
      ...directories,
      ...this.contentDirectories().map(({ directory }) => directory),
    ];
    return known.some((directory) => directory === at || directory.startsWith(`${at === "/" ? "" : at}/`));
  }

  /** Files of the node's own disk below a folder, by their whole names. */
  namesBelow(folder: string): string[] {
    const names = new Set([...Object.keys(sshOf(this.node).files), ...packagedFiles()]);
    return [...names].filter((name) => name.startsWith(`${folder}/`) && this.read(name) !== undefined).sort();
  }

  makeDirectory(file: string): void {
    const at = path.normalize(file);
    if (this.isDirectory(at) || this.size(at)) throw new FileError("failure", "File exists");
    if (!this.isDirectory(path.dirname(at))) throw new FileError("missing", "No such file or directory");
    if (at.startsWith("/etc/pve/") && !this.simulation.isQuorate(this.node))
      throw new FileError("denied", "Permission denied");
    sshOf(this.node).directories.push(at);
    this.changed();
  }

  private changed(): void {
    this.simulation.keeper?.changed();
    this.simulation.keeper?.flush();
  }

  private volumeOf({ content, mode, web }: NodeFile, kind: ContentType): Volumes[string] {
    const bytes = Buffer.from(content, "base64").length;
    const image = kind === "import" ? (web?.format ?? sniff({ bytes, content })?.format) : undefined;
    const size = web?.virtualSize ?? sniff({ bytes, content })?.size ?? bytes;
    return {
      ...{ size, bytes: web?.size ?? bytes, data: web?.data ?? bytes, content, mode },
      ctime: this.simulation.clock.seconds(),
      ...(image === undefined ? {} : { format: image }),
      ...(web?.checksums ? { checksums: web.checksums } : {}),
      ...(web?.os ? { os: web.os } : {}),
    };
  }

  /** The volume that a path names; hidden files are none, because no storage lists them. */
  private volumeAt(at: string): VolumePlace | undefined {
    const name = path.basename(at);
    if (name.startsWith(".")) return undefined;
    for (const { storage, content, directory } of this.contentDirectories()) {
      if (!at.startsWith(`${directory}/`)) continue;
      const rest = at.slice(directory.length + 1);
      if (content === "images" ? !/^\d+\/[^/]+$/.test(rest) : rest.includes("/")) continue;
      const store = storeOf(this.simulation.world, this.node.name, storage);
      return { store, key: content === "images" ? rest : `${content}/${rest}`, content };
    }
    return undefined;
  }

  /** A storage makes the directories of what it may hold, and always that of backups (`activate_storage`). */
  private contentDirectories(): { storage: Storage; content: ContentType; directory: string }[] {
    const cluster = this.simulation.clusterOf(this.node);
    return storages(cluster)
      .filter(
        (storage) => storageTypes[storage.type].files && storage.options.path && isEnabled(storage, this.node.name),
      )
      .flatMap((storage) =>
        contents
          .filter((content) => storage.content.includes(content) || content === "backup")
          .map((content) => ({ storage, content, directory: contentDirectory(storage, content) })),
      );
  }

  private configFile(at: string): NodeFile | undefined {
    const text = this.configText(at);
    return text === undefined ? undefined : { content: Buffer.from(text).toString("base64"), mode: 0o640 };
  }

  private configText(at: string): string | undefined {
    const cluster = this.simulation.clusterOf(this.node);
    if (at === "/dev/null") return "";
    if (at === "/proc/sys/kernel/random/boot_id") return bootId(this.node);
    const ofCluster = clusterFile(this.simulation, this.node, at);
    if (ofCluster !== undefined) return ofCluster;
    if (!isMounted(this.node)) return undefined;
    if (at === "/etc/pve/storage.cfg") return storageCfgText(cluster);
    const [, own, node, vmid] =
      /^\/etc\/pve\/(?:(qemu-server)|nodes\/([^/]+)\/qemu-server)\/(\d+)\.conf$/.exec(at) ?? [];
    const guest = cluster.guests[vmid ?? ""];
    if (guest?.type !== "qemu" || guest.node !== (own === undefined ? node : this.node.name)) return undefined;
    return printConfig(guest);
  }
}
