import path from "node:path/posix";
import type { Simulation } from "../simulation.js";
import { FileError } from "../ssh/file-error.js";
import { renameFile, type Files } from "../ssh/machine-files.js";
import { sshOf } from "../ssh/host-key.js";
import type { NodeFile } from "../world/node-ssh.js";
import type { QnetdMachine } from "../world/qnetd.js";

const always = ["/", "/etc", "/etc/corosync", "/etc/corosync/qnetd", "/run", "/root", "/tmp"];

/** The files of the QNetd host. */
export class QnetdFiles implements Files {
  constructor(
    private readonly simulation: Simulation,
    private readonly machine: QnetdMachine,
  ) {}

  read(file: string): NodeFile | undefined {
    const at = path.normalize(file);
    if (at === "/etc/hostname")
      return { content: Buffer.from(`${this.machine.name}\n`).toString("base64"), mode: 0o644 };
    return sshOf(this.machine).files[at];
  }

  size(file: string): { bytes: number; mode: number } | undefined {
    const found = this.read(file);
    return found && { bytes: Buffer.from(found.content, "base64").length, mode: found.mode };
  }

  write(file: string, content: NodeFile): void {
    const at = path.normalize(file);
    if (!this.isDirectory(path.dirname(at))) throw new FileError("missing", "No such file or directory");
    sshOf(this.machine).files[at] = content;
    this.changed();
  }

  remove(file: string): void {
    const at = path.normalize(file);
    if (!this.size(at)) throw new FileError("missing", "No such file or directory");
    delete sshOf(this.machine).files[at];
    this.changed();
  }

  rename(from: string, to: string): void {
    renameFile(this, from, to);
  }

  isDirectory(file: string): boolean {
    return [...always, ...sshOf(this.machine).directories].includes(path.normalize(file));
  }

  makeDirectory(): void {
    throw new FileError("denied", "Permission denied");
  }

  private changed(): void {
    this.simulation.keeper?.changed();
    this.simulation.keeper?.flush();
  }
}
