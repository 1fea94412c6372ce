import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { utils } from "ssh2";
import { readableKeyPair } from "../../simulator/ssh/host-key.js";
import { registerSecret } from "./secret-values";
import { freePort } from "./free-port";

const program = "/usr/sbin/sshd";
const sftpServer = ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/libexec/sftp-server"];

/** Is OpenSSH's server here? Said where it is not: what it proves is missing from the run then, and counted so. */
export function hasSshd(): boolean {
  if (fs.existsSync(program)) return true;
  process.stderr.write(
    `${program} is missing: tests of the SSH client on OpenSSH's server are skipped, those on the simulator's are not\n`,
  );
  return false;
}

/** A key pair; the private key is one of the secrets that are looked for after the run. */
export function newKey(type: "ed25519" | "rsa" = "ed25519", comment = "test"): { private: string; public: string } {
  const pair = type === "rsa" ? utils.generateKeyPairSync("rsa", { bits: 2048, comment }) : readableKeyPair(comment);
  registerSecret(`an SSH key (${fingerprintOf(pair.public)})`, pair.private);
  return pair;
}

/** What `ssh-keygen -lf` prints for a public key in one line. */
export const fingerprintOf = (publicKey: string): string =>
  `SHA256:${createHash("sha256")
    .update(Buffer.from(publicKey.split(" ")[1] ?? "", "base64"))
    .digest("base64")
    .replace(/=+$/, "")}`;

/** OpenSSH's server on a loopback port, as the user who runs the tests. */
export class Sshd {
  private constructor(
    private readonly child: ChildProcess,
    readonly folder: string,
    readonly port: number,
    readonly user: string,
    /** The user's private key. */
    readonly privateKey: string,
    /** The server's public keys, by type. */
    readonly hostKeys: Readonly<Record<"ed25519" | "rsa", string>>,
  ) {}

  /** `inside`: a command that runs the one behind it, in surroundings of its own. */
  static async start(settings: readonly string[] = [], inside: readonly string[] = []): Promise<Sshd> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sshd-"));
    const write = (name: string, text: string): string => {
      const file = path.join(folder, name);
      fs.writeFileSync(file, text, { mode: 0o600 });
      return file;
    };
    const [ed25519, rsa, own] = [newKey(), newKey("rsa"), newKey()];
    const port = await freePort();
    const config = write(
      "sshd_config",
      [
        `ListenAddress 127.0.0.1:${port}`,
        `HostKey ${write("ed25519", ed25519.private)}`,
        `HostKey ${write("rsa", rsa.private)}`,
        `AuthorizedKeysFile ${write("authorized_keys", `${own.public}\n`)}`,
        `PidFile ${path.join(folder, "pid")}`,
        `Subsystem sftp ${sftpServer.find((file) => fs.existsSync(file)) ?? "internal-sftp"}`,
        "PasswordAuthentication no",
        "StrictModes no",
        "UsePAM no",
        "PermitRootLogin yes",
        ...settings,
        "",
      ].join("\n"),
    );
    // The directory that sshd jails its unprivileged part in; the init script makes it otherwise.
    if (os.userInfo().uid === 0) fs.mkdirSync("/run/sshd", { recursive: true });
    const [command = "", ...args] = [...inside, program, "-D", "-e", "-f", config];
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    await new Promise<void>((resolve, reject) => {
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("Server listening")) resolve();
      });
      child.once("exit", (code) => reject(new Error(`sshd ended with ${code}: ${said}`)));
    });
    const hostKeys = { ed25519: ed25519.public, rsa: rsa.public };
    return new Sshd(child, folder, port, os.userInfo().username, own.private, hostKeys);
  }

  /** The server's process. */
  get pid(): number {
    return this.child.pid as number;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      await once(this.child, "exit");
    }
    fs.rmSync(this.folder, { recursive: true });
  }
}
