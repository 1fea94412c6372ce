import assert from "node:assert/strict";
import { addRepository, aptRepositories, changeRepository } from "../../../simulator/apt/apt-files.js";
import { checkHosts, checkTimezone, resolverSettings, zoneOffset } from "../../../simulator/node/host-settings.js";
import { machines } from "../../../simulator/node/qemu-capabilities.js";
import { commandService, serviceState } from "../../../simulator/node/services.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import type { NodeState } from "../../../simulator/world/world.js";

describe("settings of a node", () => {
  let node: NodeState;

  beforeEach(() => {
    const found = seedWorld("conformance").nodes["pve"];
    assert.ok(found);
    node = found;
  });

  it("has a hosts file whose lines begin with an address", () => {
    checkHosts("# comment\n\n127.0.0.1 localhost\nfd00::1 a.b c\n");
    assert.throws(() => checkHosts("x"), { errors: { data: "Invalid IP 'x'" } });
    assert.throws(() => checkHosts("10.0.0.1 a_b"), { errors: { data: "Invalid Hostname 'a_b'" } });
  });

  it("numbers name servers anew and forgets those that are not given", () => {
    assert.deepEqual(resolverSettings({ search: "a", dns3: "1.1.1.1", dns1: "1.1.1.1" }), {
      search: "a",
      dns1: "1.1.1.1",
    });
  });

  it("knows the time zones of the world", () => {
    const winter = Date.UTC(2026, 0, 15) / 1000;
    const summer = Date.UTC(2026, 6, 15) / 1000;
    assert.equal(zoneOffset("Europe/Berlin", winter), 3600);
    assert.equal(zoneOffset("Europe/Berlin", summer), 7200);
    assert.equal(zoneOffset("UTC", summer), 0);
    assert.throws(() => checkTimezone("Nosuch/Zone"), { errors: { timezone: "No such timezone" } });
  });

  it("does not stop what the API needs, nor start what is not installed", () => {
    assert.throws(() => commandService(node, "pveproxy", "stop", false), /refusing to stop essential service!/);
    assert.throws(() => commandService(node, "postfix", "start", false), /systemctl start postfix/);
    commandService(node, "pvestatd", "stop", false);
    assert.equal(serviceState(node, "pvestatd", false)["active-state"], "inactive");
    commandService(node, "pvestatd", "restart", false);
    assert.equal(serviceState(node, "pvestatd", false).state, "running");
  });

  it("runs corosync in a cluster only", () => {
    assert.equal(serviceState(node, "corosync", false).state, "dead");
    assert.equal(serviceState(node, "corosync", true).state, "running");
  });

  it("adds standard repositories, those of Proxmox VE again and again, and switches them", () => {
    const status = (handle: string) =>
      aptRepositories(node)["standard-repos"].find((each) => each.handle === handle)?.status;
    assert.equal(status("enterprise"), 1);
    assert.equal(status("no-subscription"), undefined);
    const before = aptRepositories(node).digest;
    addRepository(node, "no-subscription", before);
    addRepository(node, "no-subscription");
    assert.equal(status("no-subscription"), 1);
    const { path, repositories } =
      aptRepositories(node).files.find(({ path }) => path.endsWith("/proxmox.sources")) ?? {};
    assert.equal(repositories?.length, 2);
    changeRepository(node, path ?? "", 0, false);
    assert.equal(status("no-subscription"), 1);
    changeRepository(node, path ?? "", 1, false);
    assert.equal(status("no-subscription"), 0);
    changeRepository(node, "/etc/apt/sources.list.d/ceph.sources", 0, false);
    assert.equal(status("ceph-squid-enterprise"), 0);
    addRepository(node, "ceph-squid-enterprise");
    assert.equal(status("ceph-squid-enterprise"), 1);
    assert.throws(() => addRepository(node, "enterprise", before), /detected modified configuration/);
    assert.throws(() => changeRepository(node, "/x", 0, true), { message: "invalid path - /x\n" });
  });

  it("offers each machine version for both chipsets but one", () => {
    assert.equal(machines.length, 69);
    assert.deepEqual(
      machines.filter(({ version }) => version === "4.0.1").map(({ type }) => type),
      ["q35"],
    );
  });
});
