import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { eventually } from "../../support/eventually";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { secretUuid, secretValue } from "../../support/secret-values";

describe("the environment file, through Pulumi's plugin", function () {
  const tokenValue = secretUuid("the value of a token in an environment file");
  const next = secretUuid("the next value of a token in an environment file");
  const byReference = secretUuid("the value of a token that a file has by reference");
  const extra = `${secretValue("a further variable")} '"$(touch /tmp/never)\`id\`\\ ü!`;
  let lab: Lab;
  let home: string;

  before(async () => {
    home = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "environment-file-"));
    fs.chmodSync(home, 0o700);
    lab = await Lab.start({}, {}, { HOME: home, TOKEN_VALUE: byReference, NO_UUID: "TOKEN_ALREADY_EXISTS" });
  });
  after(async () => {
    await lab.close();
    fs.rmSync(home, { recursive: true, force: true });
  });

  const args = (file: string, more: Properties = {}): Properties => ({
    path: path.join(home, file),
    endpoint: "https://192.168.3.5:8006",
    tokenId: "terraform@pve!token",
    tokenValue,
    ...more,
  });
  const modeOf = (file: string): number => fs.statSync(file).mode & 0o7777;
  const left = (directory: string): string[] => fs.readdirSync(directory).filter((one) => one.endsWith(".tmp"));
  /** What a shell has after it has sourced the file. */
  const sourced = (file: string, [shell = "sh", ...flags]: readonly string[] = []): Record<string, string> =>
    Object.fromEntries(
      execFileSync(shell, [...flags, "-c", '. "$1" && env -0', "sh", file], {
        env: { PATH: process.env["PATH"] ?? "" },
      })
        .toString()
        .split("\0")
        .filter((one) => one !== "")
        .map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]),
    );
  const update = async (
    made: { id: string; properties: Properties; inputs: Properties },
    name: string,
    to: Properties,
  ) => {
    const { inputs, failures } = await lab.plugin.check(
      "EnvironmentFile",
      made.inputs,
      lab.inputs("EnvironmentFile", name, to),
    );
    assert.deepEqual(failures, []);
    const diff = await lab.plugin.diff("EnvironmentFile", made.id, made.properties, inputs);
    const { properties } = await lab.plugin.update("EnvironmentFile", made.id, made.properties, inputs);
    return { made: { id: made.id, properties, inputs }, diff };
  };
  const diffOf = async (made: { id: string; properties: Properties; inputs: Properties }) =>
    (await lab.plugin.diff("EnvironmentFile", made.id, made.properties, made.inputs)).changes;

  it("is made for its owner alone, gives a shell exactly the values, and goes with the resource", async () => {
    const file = path.join(home, "new", "deep", "env");
    const made = await lab.create("EnvironmentFile", "env", args("new/deep/env", { variables: { EXTRA: extra } }));
    assert.equal(made.id, file);
    assert.equal(made.properties["file"], file);
    assert.deepEqual([modeOf(file), modeOf(path.dirname(file)), modeOf(path.join(home, "new"))], [0o600, 0o700, 0o700]);
    for (const shell of [["sh"], ["bash", "--norc"]]) {
      const { PWD: _, SHLVL: __, _: ___, PATH: ____, OLDPWD: _____, ...known } = sourced(file, shell);
      assert.deepEqual(known, {
        PROXMOX_VE_ENDPOINT: "https://192.168.3.5:8006",
        PROXMOX_VE_INSECURE: "false",
        PROXMOX_VE_API_TOKEN: `terraform@pve!token=${tokenValue}`,
        TF_VAR_proxmox_url: "https://192.168.3.5:8006/api2/json",
        TF_VAR_proxmox_token_id: "terraform@pve!token",
        TF_VAR_proxmox_token_secret: tokenValue,
        EXTRA: extra,
      });
    }
    assert.deepEqual(left(path.dirname(file)), []);
    assert.equal(await diffOf(made), "none");
    const read = await lab.plugin.read("EnvironmentFile", made.id, made.properties);
    assert.equal(read.properties["format"], "virgo");
    await lab.plugin.delete("EnvironmentFile", made.id, made.properties);
    assert.ok(!fs.existsSync(file));
    await lab.plugin.delete("EnvironmentFile", made.id, made.properties);
  });

  it("has a link beside it that leads to it, moves with its name and goes with the resource", async () => {
    const at = (name: string) => path.join(home, "links", name);
    const linked = (more: Properties) => args("links/proxmox-echo", more);
    let made = await lab.create("EnvironmentFile", "linked", linked({ link: "proxmox-matrix" }));
    assert.equal(fs.readlinkSync(at("proxmox-matrix")), "proxmox-echo");
    assert.equal(sourced(at("proxmox-matrix"))["PROXMOX_VE_INSECURE"], "false");
    assert.equal(await diffOf(made), "none");
    fs.rmSync(at("proxmox-matrix"));
    assert.equal(await diffOf(made), "some");
    ({ made } = await update(made, "linked", linked({ link: "proxmox-nexus" })));
    assert.deepEqual(fs.readdirSync(at("")).sort(), ["proxmox-echo", "proxmox-nexus"]);
    // A second file does not take the link from the first one, unless it is told to; a file is never taken.
    const second = (more: Properties) => args("links/proxmox-golf", { link: "proxmox-nexus", ...more });
    assert.match((await lab.problems("EnvironmentFile", second({}))).join(), /link: .*proxmox-nexus is there already/);
    const taken = await lab.create("EnvironmentFile", "second", second({ overwrite: true }));
    assert.equal(fs.readlinkSync(at("proxmox-nexus")), "proxmox-golf");
    fs.writeFileSync(at("plain"), "mine");
    for (const more of [{ link: "plain", overwrite: true }, { link: "../x" }, { link: "proxmox-golf" }])
      assert.match((await lab.problems("EnvironmentFile", second(more))).join(), /^link: /);
    await lab.plugin.delete("EnvironmentFile", made.id, made.properties);
    assert.deepEqual(fs.readdirSync(at("")).sort(), ["plain", "proxmox-golf", "proxmox-nexus"]);
    await lab.plugin.delete("EnvironmentFile", taken.id, taken.properties);
    assert.deepEqual([fs.readdirSync(at("")), fs.readFileSync(at("plain"), "utf8")], [["plain"], "mine"]);
  });

  it("has the other names, and is found under the home directory", async () => {
    const made = await lab.create(
      "EnvironmentFile",
      "other",
      args("", {
        path: "~/other",
        format: "proxspray",
        clusterName: "matrix",
        tokenValue: { secretRef: "TOKEN_VALUE" },
      }),
    );
    assert.equal(made.id, path.join(home, "other"));
    const known = sourced(made.id);
    assert.deepEqual(
      Object.keys(known)
        .filter((key) => /prox|ENVIRONMENT/i.test(key))
        .sort(),
      [
        ...["ENVIRONMENT", "PROXMOX_API_URL", "TF_VAR_proxmox_api_url", "TF_VAR_proxmox_cluster_name"],
        ...[
          "TF_VAR_proxmox_environment",
          "TF_VAR_proxmox_token_id",
          "TF_VAR_proxmox_token_secret",
          "TF_VAR_proxmox_url",
        ],
        ...[
          "TF_VAR_proxmox_user",
          "proxmox_api_token_id",
          "proxmox_api_token_secret",
          "proxmox_api_url",
          "proxmox_user",
        ],
      ],
    );
    assert.equal(known["proxmox_api_token_secret"], byReference);
    assert.deepEqual([known["proxmox_user"], known["ENVIRONMENT"]], ["terraform@pve", "prod"]);
    assert.ok(!JSON.stringify(made.properties).includes(byReference), "the state tells a value that is a reference");
    await lab.plugin.delete("EnvironmentFile", made.id, made.properties);
  });

  it("is written again when it is missing, changed, or readable by others, which a preview tells", async () => {
    let made = await lab.create("EnvironmentFile", "drift", args("drift"));
    const file = made.id;
    const whole = fs.readFileSync(file, "utf8");
    const spoil: (() => void)[] = [
      () => fs.rmSync(file),
      () => fs.appendFileSync(file, "export MORE=1\n"),
      () => fs.chmodSync(file, 0o644),
    ];
    for (const [i, change] of spoil.entries()) {
      change();
      assert.equal(await diffOf(made), "some", `case ${i}`);
      const read = await lab.plugin.read("EnvironmentFile", made.id, made.properties);
      if (i === 0) assert.equal(read.id, "");
      else assert.match(String(read.properties["format"]), /^\(the file (was changed|has another mode)/);
      ({ made } = await update(made, "drift", args("drift")));
      assert.equal(fs.readFileSync(file, "utf8"), whole);
      assert.equal(modeOf(file), 0o600);
      assert.equal(await diffOf(made), "none");
    }
    const turned = await update(made, "drift", args("drift", { tokenValue: next }));
    assert.deepEqual([turned.diff.changes, turned.diff.replaces], ["some", []]);
    assert.equal(sourced(file)["TF_VAR_proxmox_token_secret"], next);
    assert.ok(!fs.readFileSync(file, "utf8").includes(tokenValue));
    assert.ok(!JSON.stringify(lab.plugin.engine.messages).includes(next), "a message tells the value");
    await lab.plugin.delete("EnvironmentFile", made.id, turned.made.properties);
    assert.ok(!fs.existsSync(file));
  });

  it("leaves a file that it has not written, until the program says so", async () => {
    const file = path.join(home, "foreign");
    fs.writeFileSync(file, "mine\n", { mode: 0o644 });
    assert.match((await lab.problems("EnvironmentFile", args("foreign"))).join(), /path: .*foreign is there already/);
    const { inputs } = await lab.plugin.check("EnvironmentFile", {}, lab.inputs("EnvironmentFile", "f", args("late")));
    fs.renameSync(file, path.join(home, "late"));
    await assert.rejects(lab.plugin.create("EnvironmentFile", inputs), /late is there already/);
    fs.renameSync(path.join(home, "late"), file);
    assert.equal(fs.readFileSync(file, "utf8"), "mine\n");
    const made = await lab.create("EnvironmentFile", "taken", args("foreign", { overwrite: true }));
    assert.equal(modeOf(file), 0o600);
    assert.equal(sourced(file)["TF_VAR_proxmox_token_secret"], tokenValue);
    // Another resource of the same stack is somebody else too.
    assert.match((await lab.problems("EnvironmentFile", args("foreign"))).join(), /not written by this resource/);
    fs.writeFileSync(file, "theirs\n");
    await lab.plugin.delete("EnvironmentFile", made.id, made.properties);
    assert.equal(fs.readFileSync(file, "utf8"), "theirs\n");
    await eventually("the warning", () =>
      /foreign stays: it is no longer the file/.test(JSON.stringify(lab.plugin.engine.messages)),
    );
  });

  it("takes over what a run has written that was killed before the engine knew it", async () => {
    const lost = await lab.create("EnvironmentFile", "lost", args("lost"));
    const again = await lab.create("EnvironmentFile", "lost", args("lost"));
    assert.equal(await diffOf(again), "none");
    assert.notEqual(lost.properties["__key"], again.properties["__key"]);
    await lab.plugin.delete("EnvironmentFile", again.id, again.properties);
  });

  it("follows no symbolic link, neither of the file nor of its directory", async () => {
    const target = path.join(home, "target");
    fs.writeFileSync(target, "kept\n");
    fs.symlinkSync(target, path.join(home, "link"));
    fs.mkdirSync(path.join(home, "real"), { mode: 0o700 });
    fs.symlinkSync(path.join(home, "real"), path.join(home, "way"));
    assert.match(
      (await lab.problems("EnvironmentFile", args("target/env"))).join(),
      /^path: .*(no directory|not a dir)/,
    );
    assert.match((await lab.problems("EnvironmentFile", args("target/deep/env"))).join(), /^path: .*not a dir/);
    assert.match((await lab.problems("EnvironmentFile", args("", { path: "~bob/env" }))).join(), /^path: write ~\//);
    for (const file of ["link", "way/env"])
      assert.match(
        (await lab.problems("EnvironmentFile", args(file, { overwrite: true }))).join(),
        /^path: .*a symbolic link/,
      );
    const made = await lab.create("EnvironmentFile", "swapped", args("swapped"));
    fs.rmSync(made.id);
    fs.symlinkSync(target, made.id);
    await assert.rejects(
      lab.plugin.update("EnvironmentFile", made.id, made.properties, made.inputs),
      /swapped is there already, a symbolic link/,
    );
    await lab.plugin.delete("EnvironmentFile", made.id, made.properties);
    assert.ok(fs.lstatSync(made.id).isSymbolicLink());
    assert.equal(fs.readFileSync(target, "utf8"), "kept\n");
    assert.deepEqual(left(home), []);
  });

  it("refuses a directory that others may write, and changes none that is there", async () => {
    const directory = path.join(home, "shared");
    fs.mkdirSync(directory);
    for (const mode of [0o777, 0o1777, 0o770]) {
      fs.chmodSync(directory, mode);
      assert.match(
        (await lab.problems("EnvironmentFile", args("shared/env"))).join(),
        /^path: others may write .*shared \(mode 1?77[07]\); run chmod go-w/,
      );
      assert.equal(modeOf(directory), mode);
    }
    fs.chmodSync(directory, 0o755);
    const made = await lab.create("EnvironmentFile", "kept", args("shared/env"));
    assert.equal(modeOf(directory), 0o755);
    await lab.plugin.delete("EnvironmentFile", made.id, made.properties);
    assert.ok(fs.existsSync(directory));
  });

  it("tells all that is wrong at once, and writes no value that is none", async () => {
    const wrong = await lab.problems(
      "EnvironmentFile",
      args("wrong", {
        endpoint: "https://pve:8006/api2/json",
        tokenId: "terraform!token",
        tokenValue: "TOKEN_ALREADY_EXISTS_OR_FAILED",
        clusterName: "matrix",
        variables: { "A-B": "x", LINES: "one\ntwo", PROXMOX_VE_INSECURE: "true" },
      }),
    );
    for (const part of [
      ...["endpoint: write an address", "tokenId: write the token as", "tokenValue: write the token's value, a UUID"],
      ...["A-B", "LINES: write one line"],
    ])
      assert.ok(
        wrong.some((one) => one.includes(part)),
        `${part}\n${wrong.join("\n")}`,
      );
    const names = await lab.problems(
      "EnvironmentFile",
      args("wrong", { clusterName: "matrix", variables: { PROXMOX_VE_INSECURE: "true" } }),
    );
    assert.match(names.join("\n"), /clusterName: the format virgo[^]*variables.PROXMOX_VE_INSECURE: the format writes/);
    await assert.rejects(
      lab.create("EnvironmentFile", "none", args("wrong", { tokenValue: { secretRef: "NO_UUID" } })),
      /tokenValue: what the reference leads to is no UUID/,
    );
    assert.ok(!fs.existsSync(path.join(home, "wrong")));
  });
});
