import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { isProxmoxError, Ssh, type ProxmoxErrorKind, type SshOptions } from "../../../pve";
import { eventually } from "../../support/eventually";
import { fingerprintOf, hasSshd, newKey, Sshd } from "../../support/sshd";

const kind = (expected: ProxmoxErrorKind, pattern: RegExp) => (error: unknown) => {
  assert.ok(isProxmoxError(error, expected), String(error));
  assert.match(error.message, pattern);
  assert.equal(error.node, "pve1");
  return true;
};

describe("the SSH client on OpenSSH's server", () => {
  let sshd: Sshd;
  const opened: Ssh[] = [];

  const client = (options: Partial<SshOptions> = {}): Ssh => {
    const ssh = new Ssh({
      user: sshd.user,
      privateKey: sshd.privateKey,
      hostKeys: { fingerprints: [fingerprintOf(sshd.hostKeys.ed25519)] },
      lookUp: async () => `127.0.0.1:${sshd.port}`,
      ...options,
    });
    opened.push(ssh);
    return ssh;
  };

  before(async function () {
    // Counted as skipped, each of them.
    if (!hasSshd()) this.skip();
    sshd = await Sshd.start();
  });
  after(async () => {
    for (const ssh of opened) ssh.close();
    // There is none where the suite was skipped.
    await (sshd as Sshd | undefined)?.stop();
  });

  it("runs a command, and says how it ended and what it printed", async () => {
    const ssh = client();
    assert.deepEqual(await ssh.exec("pve1", ["sh", "-c", "echo out; echo err >&2; exit 3"]), {
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    await assert.rejects(
      ssh.run("pve1", ["sh", "-c", "echo why >&2; exit 3"]),
      kind("task-failed", /exit code 3: why/),
    );
    await assert.rejects(ssh.run("pve1", ["no-such-program"]), kind("unsupported", /exit code 127/));
  });

  it("hands over every argument as it is", async () => {
    const odd = ["", " ", "it's", '"$HOME"', "`id`", "a;b", "*", "~", "line\nbreak", "ä€😀", "-n", "A=b", "\\", "!x"];
    const printed = await client().run("pve1", ["printf", "%s\\0", ...odd]);
    assert.deepEqual(printed.split("\0").slice(0, -1), odd);
  });

  it("keeps secrets out of the arguments: standard input carries them", async () => {
    assert.equal(await client().run("pve1", ["cat"], { stdin: "a secret\n" }), "a secret\n");
  });

  it("ends a command that hangs at its deadline, on the node too", async () => {
    const marker = path.join(sshd.folder, "pid-of-hung");
    const hung = client().run("pve1", ["sh", "-c", `echo $$ > ${marker}; exec sleep 600`], { timeoutMs: 2000 });
    await assert.rejects(hung, kind("timeout", /sh on node pve1 took longer than 2 s/));
    const pid = Number(fs.readFileSync(marker, "utf8"));
    await gone(pid);
  });

  it("ends a command when its caller gives up", async () => {
    const controller = new AbortController();
    const running = client().run("pve1", ["sleep", "600"], { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(running, { kind: "aborted" });
  });

  it("runs more commands at once than a connection has sessions", async () => {
    const ssh = client();
    const printed = await Promise.all(Array.from({ length: 30 }, (_, i) => ssh.run("pve1", ["echo", String(i)])));
    assert.deepEqual(
      printed,
      Array.from({ length: 30 }, (_, i) => `${i}\n`),
    );
  });

  it("writes files whole, with their mode, and reads them back", async () => {
    const ssh = client();
    const file = path.join(sshd.folder, "user data.yaml");
    await ssh.writeFile("pve1", file, "first\n");
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    const inode = fs.statSync(file).ino;
    await ssh.writeFile("pve1", file, "second ä\n", { mode: 0o644 });
    assert.equal(fs.readFileSync(file, "utf8"), "second ä\n");
    assert.equal(fs.statSync(file).mode & 0o777, 0o644);
    assert.notEqual(fs.statSync(file).ino, inode, "the file was written in place");
    assert.equal((await ssh.readFile("pve1", file))?.toString(), "second ä\n");
    assert.equal(await ssh.readFile("pve1", `${file}.none`), undefined);
    assert.equal(await ssh.removeFile("pve1", file), true);
    assert.equal(await ssh.removeFile("pve1", file), false);
    assert.deepEqual(
      fs.readdirSync(sshd.folder).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  it("moves big files in both directions", async function () {
    // It flushes to a real disk, which may be busy.
    const ssh = client();
    const file = path.join(sshd.folder, "big");
    const content = randomBytes(12 * 1024 * 1024 + 17);
    await ssh.writeFile("pve1", file, content);
    assert.ok(fs.readFileSync(file).equals(content));
    assert.ok((await ssh.readFile("pve1", file))?.equals(content));
    await assert.rejects(ssh.readFile("pve1", file, { limit: 1024 }), kind("invalid", /larger than 1024 bytes/));
  });

  it("names what keeps a file from being written, and leaves nothing behind", async () => {
    const ssh = client();
    await assert.rejects(
      ssh.writeFile("pve1", path.join(sshd.folder, "none", "x"), "y"),
      kind("not-found", /Could not create .*none\/\.x\..*: No such file/),
    );
    const directory = path.join(sshd.folder, "occupied");
    fs.mkdirSync(directory);
    fs.writeFileSync(path.join(directory, "inside"), "");
    await assert.rejects(ssh.writeFile("pve1", directory, "y"), kind("refused", /Could not rename/));
    assert.deepEqual(
      fs.readdirSync(sshd.folder).filter((name) => name.endsWith(".tmp")),
      [],
    );
    await ssh.makeDirectory("pve1", path.join(sshd.folder, "made"));
    await ssh.makeDirectory("pve1", path.join(sshd.folder, "made"));
    assert.ok(fs.statSync(path.join(sshd.folder, "made")).isDirectory());
  });

  it("sends nothing to a server whose key is not the pinned one", async () => {
    const other = fingerprintOf(newKey().public);
    const ssh = client({ hostKeys: { fingerprints: [other] } });
    const shown = fingerprintOf(sshd.hostKeys.ed25519);
    await assert.rejects(ssh.run("pve1", ["true"]), (error: unknown) => {
      kind("untrusted", /Nothing was sent/)(error);
      assert.ok((error as Error).message.includes(shown) && (error as Error).message.includes(other));
      return true;
    });
    await assert.rejects(client({ hostKeys: {} }).run("pve1", ["true"]), kind("untrusted", /nothing says/));
  });

  it("takes host keys from a known_hosts file: hashed, by port, by node, and of the one type it knows", async () => {
    const host = `[127.0.0.1]:${sshd.port}`;
    const salt = randomBytes(20);
    const hashed = `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(host).digest("base64")}`;
    const key = (type: "ed25519" | "rsa") => sshd.hostKeys[type].split(" ").slice(0, 2).join(" ");
    for (const knownHosts of [
      `# nodes\n${host} ${key("ed25519")} comment\n`,
      `${hashed} ${key("ed25519")}\n`,
      `pve1,pve2 ${key("rsa")}\n`,
      `*.example.com,pve? ${key("rsa")}\n`,
    ])
      assert.equal(await client({ hostKeys: { knownHosts } }).run("pve1", ["echo", "in"]), "in\n", knownHosts);
    for (const knownHosts of [
      `127.0.0.1 ${key("ed25519")}\n`,
      `pve1 ${newKey().public}\n`,
      `@revoked pve1 ${key("ed25519")}\n`,
      `!pve1,pve? ${key("ed25519")}\n`,
      "",
    ])
      await assert.rejects(
        client({ hostKeys: { knownHosts } }).run("pve1", ["true"]),
        kind("untrusted", /host key of/),
      );
  });

  it("warns when host keys are not verified", async () => {
    const warnings: string[] = [];
    const ssh = client({ hostKeys: { insecure: true }, warn: (text) => warnings.push(text) });
    assert.equal(await ssh.run("pve1", ["echo", "in"]), "in\n");
    assert.match(warnings.join(), /not verified/);
  });

  it("tells a wrong key from a server that is not there", async () => {
    const stranger = newKey().private;
    await assert.rejects(client({ privateKey: stranger }).run("pve1", ["true"]), (error: unknown) => {
      kind("unauthenticated", /was not let in/)(error);
      assert.ok(!String(error).includes(stranger.split("\n")[1] as string));
      return true;
    });
    await assert.rejects(
      client({ privateKey: "rubbish" }).run("pve1", ["true"]),
      kind("invalid", /private key cannot/),
    );
    await assert.rejects(
      client({ lookUp: async () => "127.0.0.1:1" }).run("pve1", ["true"]),
      kind("unavailable", /connection refused/),
    );
    await assert.rejects(client({ lookUp: async () => undefined }).run("pve1", ["true"]), kind("invalid", /not known/));
  });

  it("logs in with an encrypted key, and with an agent", async () => {
    const locked = path.join(sshd.folder, "locked");
    fs.writeFileSync(locked, sshd.privateKey, { mode: 0o600 });
    execFileSync("ssh-keygen", ["-q", "-p", "-f", locked, "-P", "", "-N", "open sesame"]);
    const privateKey = fs.readFileSync(locked, "utf8");
    assert.equal(await client({ privateKey, passphrase: "open sesame" }).run("pve1", ["echo", "in"]), "in\n");
    await assert.rejects(client({ privateKey }).run("pve1", ["true"]), kind("invalid", /passphrase/));

    const socket = path.join(sshd.folder, "agent");
    const started = execFileSync("ssh-agent", ["-s", "-a", socket], { encoding: "utf8" });
    try {
      const own = path.join(sshd.folder, "own");
      fs.writeFileSync(own, sshd.privateKey, { mode: 0o600 });
      execFileSync("ssh-add", ["-q", own], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      assert.equal(await client({ agent: socket, privateKey: undefined }).run("pve1", ["echo", "in"]), "in\n");
    } finally {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]));
    }
  });

  it("connects again after an idle connection was closed", async () => {
    const ssh = client({ idleMs: 10 });
    await ssh.run("pve1", ["true"]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await ssh.run("pve1", ["echo", "again"]), "again\n");
  });

  it("takes secrets out of what a command complained about", async () => {
    const ssh = client({ redact: (text) => text.replaceAll("s3cret", "***") });
    await assert.rejects(ssh.run("pve1", ["sh", "-c", "echo no s3cret >&2; exit 1"]), (error: Error) => {
      assert.match(error.message, /no \*\*\*/);
      return !error.message.includes("s3cret");
    });
  });
});

const gone = (pid: number) => eventually(`the end of process ${pid}`, () => !fs.existsSync(`/proc/${pid}`));
