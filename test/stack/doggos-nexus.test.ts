import assert from "node:assert/strict";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { guestsOf, sshConfig, stackConfig, stackCredentials, testWorld } from "../support/lab";
import { refreshLists } from "../support/package-lists";
import { Publisher } from "../support/publisher";
import { counts, ok } from "../support/results";
import { TestStack } from "../support/stack";

describe("the stacks of this repository beside matrix, with the real engine", function () {
  let sim: Simulator;
  let stack: TestStack;
  let publisher: Publisher | undefined;
  afterEach(async () => {
    await stack.close();
    await publisher?.close();
    publisher = undefined;
    await sim.close();
  });

  it("doggos: repositories and the bridge first, then a template on each node, and the VMs on it", async () => {
    sim = await startSimulator({ seed: testWorld("doggos"), clock: "auto", speed: 40 });
    publisher = await Publisher.start(sim.world);
    const { digest } = publisher.image("/noble/current/noble-server-cloudimg-amd64.img", "ubuntu 24.04");
    publisher.text("/noble/current/SHA256SUMS", `${digest} *noble-server-cloudimg-amd64.img\n`);
    const { "proxmox:sshPassword": _, ...ssh } = sshConfig(sim);
    stack = await TestStack.create({
      ...{ project: projectRoot, stack: "doggos" },
      env: { ...stackCredentials(sim), PROXMOX_PASSWORD: sim.password, PROXMOX_SSH_PASSWORD: sim.password },
      config: {
        ...{ ...stackConfig(sim), ...ssh, "proxmox:username": "root@pam", "proxmox:vmids": "5000-5999" },
        "pulumi-proxmox-cluster:firstVmid": 2101,
        "pulumi-proxmox-cluster:imageMirror": publisher.origin,
        "pulumi-proxmox-cluster:subscription": false,
      },
    });
    const up = ok(await stack.up());
    const at = (test: (line: string) => boolean): number[] =>
      sim.requests.flatMap(({ method, path }, index) => (test(`${method} ${path}`) ? [index] : []));
    const [reloads, templates, clones] = [/^PUT .*\/network$/, /\/template$/, /^POST .*\/clone$/].map((pattern) =>
      at((line) => pattern.test(line)),
    );
    assert.deepEqual([templates?.length, clones?.length], [3, 3]);
    assert.ok(Math.max(...(reloads ?? [])) < Math.min(...(templates ?? [])));
    assert.deepEqual(
      [2101, 2102, 2103].map((vmid) => [guestsOf(sim)[vmid]?.config["name"], guestsOf(sim)[vmid]?.node]),
      [
        ["microk8s-1", "holly"],
        ["microk8s-2", "mable"],
        ["microk8s-3", "lloyd"],
      ],
    );
    assert.deepEqual(counts(ok(await stack.up())), { same: up.changeSummary["create"] });
    for (const node of sim.nodes) await refreshLists(node, { username: "root@pam", password: sim.password });
  });

  it("nexus: the repositories of each host, which stays by itself", async () => {
    sim = await startSimulator({ seed: testWorld("nexus"), clock: "immediate" });
    const [alpha, bravo] = sim.nodes;
    assert.ok(alpha && bravo);
    const { "proxmox:sshPassword": _, ...ssh } = sshConfig(sim);
    stack = await TestStack.create({
      ...{ project: projectRoot, stack: "nexus" },
      env: { PROXMOX_PASSWORD: sim.password, PROXMOX_SSH_PASSWORD: sim.password, BRAVO: sim.password },
      config: {
        ...ssh,
        "proxmox:endpoints": [alpha.url],
        "proxmox:fingerprints": [alpha.fingerprint],
        "proxmox:username": "root@pam",
        "proxmox:nodes": {
          bravo: { endpoint: bravo.url, fingerprint: bravo.fingerprint, password: "secret:BRAVO" },
        },
        "pulumi-proxmox-cluster:subscription": false,
      },
    });
    const up = ok(await stack.up());
    assert.ok((up.changeSummary["create"] ?? 0) >= 8);
    assert.deepEqual(counts(ok(await stack.up())), { same: up.changeSummary["create"] });
    // Nothing that the installer has left on answers with 401.
    for (const node of [alpha, bravo]) await refreshLists(node, { username: "root@pam", password: sim.password });
    assert.equal(Object.keys(sim.world.clusters).length, 2);
  });
});
