import assert from "node:assert/strict";
import type { ProxmoxClusterArgs } from "../../components/proxmox-cluster";
import { ComponentOnMocks } from "../support/component-on-mocks";
import { orderOf } from "../support/dependency-graph";

describe("modules of Ceph's managers and Linux accounts of a cluster", () => {
  const mocks = new ComponentOnMocks(
    () => require("../../components/proxmox-cluster") as typeof import("../../components/proxmox-cluster"),
  );

  const whole: ProxmoxClusterArgs = {
    nodes: Object.fromEntries(
      ["foxtrot", "golf", "hotel"].map((node) => [node, { ceph: { osds: { nvme1n1: { serial: `S-${node}` } } } }]),
    ),
    cluster: { name: "Matrix" },
    access: { users: { "ci@pam": {} } },
    ceph: { publicNetwork: "192.168.5.0/24" },
  };

  it("are made in the safe order: the dashboard's package first, accounts after the packages of their nodes", async () => {
    const cluster = new mocks.module.ProxmoxCluster("matrix", {
      ...whole,
      host: {
        packages: { sudo: { packages: ["sudo"] } },
        accounts: { ci: { authorizedKeys: ["ssh-ed25519 AAAA {{name}}"] } },
      },
      ceph: { ...whole.ceph, managers: ["golf", "hotel"], modules: ["dashboard", "prometheus"] },
    });
    const of = (kind: string) => mocks.registered.filter((one) => one.kind === kind);
    assert.deepEqual(
      of("CephManagerModule").map(({ name, props }) => [name, props["name"], props["node"]]),
      [
        ["dashboard", "dashboard", "foxtrot"],
        ["prometheus", "prometheus", "foxtrot"],
      ],
    );
    assert.deepEqual(
      of("SystemPackage").map(({ name, props }) => [name, props["node"], props["packages"]]),
      [
        ...["foxtrot", "golf", "hotel"].map((node) => [`${node}-sudo`, node, ["sudo"]]),
        ...["golf", "hotel"].map((node) => [`${node}-ceph-modules`, node, ["ceph-mgr-dashboard"]]),
      ],
    );
    assert.deepEqual(
      of("SystemUser").map(({ name, props }) => [name, props["node"], props["name"], props["authorizedKeys"]]),
      ["foxtrot", "golf", "hotel"].map((node) => [`${node}-ci`, node, "ci", [`ssh-ed25519 AAAA ${node}`]]),
    );
    const { assertAfter, assertApart } = await orderOf(mocks.registered);
    assertAfter(/^SystemUser golf-ci/, /^SystemPackage golf-sudo/);
    assertAfter(/^User /, /^SystemUser /);
    assertAfter(/^CephManager golf/, /^SystemPackage golf-ceph-modules/);
    assertApart(/^CephManager golf/, /^SystemPackage hotel-ceph-modules/);
    assertAfter(/^CephManagerModule /, /^(CephManager|SystemPackage) (golf|hotel)/);
    assertApart(/^CephOsd /, /^(CephManagerModule|SystemPackage foxtrot-ceph) /);
    assert.equal(cluster.nodes["golf"]?.accounts["ci"], of("SystemUser")[1]?.resource);
    assert.equal(cluster.ceph?.modules["dashboard"], of("CephManagerModule")[0]?.resource);
    mocks.forget();
    new mocks.module.ProxmoxCluster("matrix", { ...whole, ceph: { ...whole.ceph, modules: ["prometheus"] } });
    assert.deepEqual(of("SystemPackage"), []);
  });
});
