import assert from "node:assert/strict";
import type { ProxmoxClusterArgs } from "../../components/proxmox-cluster";
import { ComponentOnMocks } from "../support/component-on-mocks";

describe("Ceph's enterprise repository in a cluster without a subscription", () => {
  const mocks = new ComponentOnMocks(
    () => require("../../components/proxmox-cluster") as typeof import("../../components/proxmox-cluster"),
  );

  it("goes off with Proxmox's, but where Ceph's is named or used", () => {
    const off = { enterprise: false, "no-subscription": true };
    const repositories = (more: Partial<ProxmoxClusterArgs>) => {
      mocks.forget();
      new mocks.module.ProxmoxCluster("lab", { nodes: { pve1: {} }, ...more });
      return mocks.registered
        .filter(({ kind }) => kind === "AptRepository")
        .map(({ props }) => `${String(props["handle"])} ${String(props["enabled"])}`)
        .sort();
    };
    const both = ["ceph-enterprise false", "enterprise false", "no-subscription true"];
    const publicNetwork = "10.0.0.0/24";
    assert.deepEqual(repositories({ host: { repositories: off } }), both);
    assert.deepEqual(repositories({ shared: { host: { repositories: off } } }), both);
    assert.deepEqual(
      mocks.registered.find(({ props }) => props["handle"] === "ceph-enterprise")?.name,
      "pve1-ceph-enterprise",
    );
    for (const repository of ["no-subscription", "test"] as const)
      assert.deepEqual(repositories({ host: { repositories: off }, ceph: { publicNetwork, repository } }), both);
    // With a subscription, and where nothing is said of it.
    assert.deepEqual(repositories({ host: { repositories: { enterprise: true } } }), ["enterprise true"]);
    assert.deepEqual(repositories({ host: { repositories: { "no-subscription": true } } }), ["no-subscription true"]);
    // Ceph's own, by whatever word.
    for (const [handle, said] of [
      ["ceph-squid-enterprise", true],
      ["ceph-squid-enterprise", false],
      ["ceph-enterprise", null],
    ] as const) {
      const named = said === null ? [] : [`${handle} ${said}`];
      const rest = ["enterprise false", "no-subscription true"];
      assert.deepEqual(repositories({ host: { repositories: { ...off, [handle]: said } } }), [...named, ...rest]);
      assert.deepEqual(
        repositories({
          host: { repositories: off },
          nodes: { pve1: { host: { repositories: { [handle]: said } } } },
        }),
        [...named, ...rest],
      );
    }
    // Ceph comes from it, or whoever runs it sees to its repositories by hand.
    for (const ceph of [{ publicNetwork }, { publicNetwork, repository: "manual" as const }]) {
      assert.deepEqual(repositories({ host: { repositories: off }, ceph }), [
        "enterprise false",
        "no-subscription true",
      ]);
      const told = { ...off, "ceph-enterprise": false };
      assert.deepEqual(repositories({ host: { repositories: told }, ceph }), both);
    }
  });
});
