import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import type { Registered } from "../../../support/dependency-graph";
import { stackOnMocks } from "../../../support/stack-on-mocks";

describe("the identity of a stack", () => {
  it("says to the plugin which kinds the program describes, also those that come after it", async () => {
    // Another program that ran in this process before has described other ones.
    await stackOnMocks(() => undefined);
    const library = () => require("../../../../index") as typeof import("../../../../index");
    new (library().Storage)("backups", { type: "dir", path: "/backups" });
    const heard: Registered[] = [];
    await stackOnMocks((one) => heard.push(one));
    const { Group, Pool, Provider, SshKey, Vm } = library();
    new SshKey("key", {});
    new Group("elsewhere", {}, { provider: new Provider("another cluster", {}) });
    new Pool("web", {});
    new Vm("web-1", { node: "pve1", source: { clone: { template: 9000 } } });
    new Vm("web-2", { node: "pve1", source: { clone: { template: 9000 } } });
    const kinds = heard.find(({ kind }) => kind === "StackIdentity")?.props["__kinds"] as pulumi.Output<string[]>;
    assert.deepEqual(await new Promise((resolve) => kinds.apply(resolve)), ["SshKey", "Pool", "Vm"]);
  });
});
