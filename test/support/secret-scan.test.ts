import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { SecretScanner } from "./secret-scan";
import { secretsVariable } from "./secret-values";

const password = "p&ss wörd-of-20-chars";
const key = `-----BEGIN PRIVATE KEY-----\n${"Ab0/".repeat(16)}\n-----END PRIVATE KEY-----\n`;

describe("the search for secrets", () => {
  const scanner = new SecretScanner([
    { name: "a password", value: password },
    { name: "a key", value: key },
  ]);

  it("finds them in every form in which they travel, and in nothing else", () => {
    const forms = [
      `cipassword=${password}`,
      `cipassword=${encodeURIComponent(password)}`,
      JSON.stringify({ password }),
      ...["", "x", "xy", "xyz"].map((before) => Buffer.from(`${before}${password} after`).toString("base64")),
    ];
    for (const form of forms) assert.deepEqual(scanner.text(`before ${form} after`), ["a password"], form);
    assert.deepEqual(scanner.text(`${key.split("\n")[1]}`), ["a key"]);
    assert.deepEqual(scanner.text("-----BEGIN PRIVATE KEY-----\np&ss w\n"), []);
  });

  it("looks through files and folders", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "scan-"));
    fs.mkdirSync(path.join(folder, "history"));
    fs.writeFileSync(path.join(folder, "history", "state.json.bak"), `{"password":"${password}"}`, "latin1");
    fs.writeFileSync(path.join(folder, "state.json"), "{}");
    assert.deepEqual(new SecretScanner([{ name: "a password", value: "rd-of-20-chars" }]).path(folder, "state"), [
      { where: "state/history/state.json.bak", secret: "a password" },
    ]);
    fs.rmSync(folder, { recursive: true });
  });

  it("fails a run that leaves one anywhere, with its name and without its value", function () {
    const out = fs.mkdtempSync(path.join(os.tmpdir(), "leaking-run-"));
    const run = spawnSync(process.execPath, ["dist/test/run.js", "dist/test/fixtures/leak/leaks.js"], {
      cwd: projectRoot,
      env: { ...process.env, PROXMOX_TEST_OUT: out, [secretsVariable]: "" },
      encoding: "utf8",
    });
    fs.rmSync(out, { recursive: true });
    const failures = run.stdout.split("\n").filter((line) => line.startsWith("FAIL"));
    assert.deepEqual(failures.sort(), [
      "FAIL LEFT_OVER of sleep (other) holds a secret of the tests: handed on",
      "FAIL PROXMOX_PASSWORD of sleep (other) holds a secret of the tests: handed on by a provider",
      "FAIL PROXMOX_TOKEN_SECRET of sleep (other) holds a secret of the tests: planted in an environment",
      "FAIL UNKNOWN of sleep (cli) holds a secret of the tests: of no known name",
      "FAIL a command line holds a secret of the tests: planted in a command line",
      "FAIL out/planted.jsonl holds a secret of the tests: planted in a log",
      "FAIL out/planted.txt holds a secret of the tests: planted in base64",
      "FAIL what mocha has printed holds a secret of the tests: planted in the output",
    ]);
    assert.equal(run.status, 1);
    assert.match(run.stdout, /1 passed, 8 failed\n$/);
  });
});
