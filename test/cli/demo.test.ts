import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { projectRoot } from "../../cli/project";
import { table } from "../../cli/demo/table";
import { keptByCeph, openWorld } from "../../cli/demo/demo-world";
import { withValues } from "../../cli/demo/pulumi";
import { seedWorld } from "../../simulator";
import { testEnvironment } from "../support/environment";
import { eventually } from "../support/eventually";
import { markedProcesses, marker } from "../support/processes";

describe("the demo", () => {
  it("keeps its world from one command to the next", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "demo-"));
    const first = await openWorld(folder, 1);
    assert.deepEqual(
      first.simulator.nodes.map(({ name }) => name),
      ["foxtrot", "golf", "hotel"],
    );
    const [cluster] = Object.values(first.simulator.world.clusters);
    assert.ok(cluster);
    cluster.pools["kept"] = { vms: [], storage: [] };
    await first.close();
    const second = await openWorld(folder, 1);
    assert.ok(Object.values(second.simulator.world.clusters)[0]?.pools["kept"]);
    const list = await fetch(`${second.mirror}/bookworm/latest/SHA512SUMS`);
    assert.match(await list.text(), /^[0-9a-f]{128} {2}debian-12-genericcloud-amd64\.qcow2\n$/);
    const offered = Object.keys(second.simulator.world.web);
    assert.deepEqual(
      offered.filter((url) => url.startsWith("http://") && !url.startsWith(second.mirror)),
      [],
      "what the first command's mirror offered is gone with its port",
    );
    assert.deepEqual(second.simulator.token, first.simulator.token);
    await second.close();
    fs.rmSync(folder, { recursive: true });
  });

  it("adds what is of this run to the stack's file, and says what of Ceph a destroy has kept", () => {
    const file = "# A comment.\nconfig:\n  proxmox:cluster: matrix\n  app:ceph: false\n  app:cephalopod: 1\n";
    assert.equal(
      withValues(file, { "app:ceph": true, "app:serials": { golf: ["a"] } }),
      '# A comment.\nconfig:\n  proxmox:cluster: matrix\n  app:cephalopod: 1\n  app:ceph: true\n  app:serials: {"golf":["a"]}\n',
    );
    const world = seedWorld("matrix:bare");
    assert.equal(keptByCeph(world), undefined);
    const [golf] = Object.values(world.nodes);
    assert.ok(golf);
    golf.ceph = { mons: { a: { address: "10.0.0.1" } }, mgrs: {}, mdss: {}, osds: {} } as unknown as NonNullable<
      typeof golf.ceph
    >;
    assert.equal(keptByCeph(world), `${golf.name} 1 monitor, 0 manager, 0 OSDs; pools none`);
  });

  describe("as a command, without a terminal", function () {
    let folder: string;
    const mark = randomUUID();
    beforeEach(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), "demo-"));
    });
    afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
    const start = (...args: string[]) => {
      const child = spawn(process.execPath, [path.join(projectRoot, "dist", "cli", "demo.js"), ...args], {
        env: { ...process.env, ...testEnvironment(), DEMO_FOLDER: folder, [marker]: mark },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (more) => (said += more));
      const ended = once(child, "close").then(([code]) => code as number | null);
      return { child, ended, said: () => said };
    };
    const page = async (url: string): Promise<string> => {
      const ca = fs.readFileSync(path.join(folder, "ca.pem"), "utf8");
      const [answer] = (await once(https.get(url, { ca }), "response")) as [IncomingMessage];
      return text(answer);
    };

    it("tells where it can be watched, where whoever asks finds the page, and opens nothing", async () => {
      const { child, ended, said } = start("serve");
      await eventually("what it says when it is ready", () => /Ctrl-C ends it/.test(said()));
      const [, url = ""] = /^Watch it happen in a browser: (https:\/\/127\.0\.0\.1:\d+\/) /m.exec(said()) ?? [];
      assert.match(await page(url), /<title>/);
      assert.deepEqual(
        markedProcesses(mark).map(({ pid }) => pid),
        [child.pid],
      );
      child.kill("SIGINT");
      assert.equal(await ended, 0, said());
      assert.ok(fs.existsSync(path.join(folder, "world.json")));
      const { ended: gone } = start("reset");
      assert.equal(await gone, 0);
      assert.ok(!fs.existsSync(folder));
    });

    it("previews the cluster on bare machines with the real engine, and begins with the page's address", async () => {
      const { ended, said } = start("preview");
      assert.equal(await ended, 0, said());
      assert.match(said(), /^Simulated Proxmox VE cluster with 0 guests.*\nWatch it happen in a browser: https:/);
      assert.match(said(), /Cluster .*Matrix/);
      assert.match(said(), /\+ \d+ to create/);
    });

    it("refuses what it does not know", async () => {
      const { ended, said } = start("watch");
      assert.equal(await ended, 2);
      assert.match(said(), /not "watch"/);
    });
  });

  it("prints tables", () => {
    assert.equal(
      table(
        ["A", "LONG"],
        [
          ["wide", "x"],
          ["", "y"],
        ],
      ),
      "A     LONG\nwide  x\n      y",
    );
  });
});
