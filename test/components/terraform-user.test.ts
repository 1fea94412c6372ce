import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { presets } from "../../providers/access/presets";
import { ruleProblem } from "../../providers/access/linux/sudo-rule.model";

interface Registered {
  readonly kind: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

describe("a user for Terraform", () => {
  let registered: Registered[] = [];
  let TerraformUser: (typeof import("../../components/terraform-user"))["TerraformUser"];

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs, id }) => {
          const given = inputs as Record<string, unknown>;
          registered.push({ kind: type.replace(/.*:/, ""), name, inputs: given });
          const outputs = type.endsWith(":ApiToken")
            ? { fullTokenId: `${String(given["user"])}!${String(given["tokenId"])}`, value: "the value" }
            : type.endsWith(":EnvironmentFile")
              ? { file: given["path"] }
              : {};
          return { id: id || name, state: { ...given, ...outputs } };
        },
        call: () => ({}),
      },
      "project",
      "stack",
      false,
    );
    // The classes are loaded after the mocks, as Pulumi asks for.
    ({ TerraformUser } =
      require("../../components/terraform-user") as typeof import("../../components/terraform-user"));
  });
  beforeEach(() => (registered = []));

  const known = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void output.apply(resolve));
  const of = (kind: string) => registered.filter((one) => one.kind === kind);
  const endpoint = "https://192.168.3.5:8006";

  it("has a file for each node, and a link for the cluster, where each node's address is written", async () => {
    const nodeEndpoints = { echo: endpoint, foxtrot: "https://192.168.3.6:8006" };
    const made = new TerraformUser("terraform", { nodeEndpoints, clusterName: "matrix" });
    const folder = "~/tmp/.proxmox-terraform";
    assert.equal(await known(made.file), `${folder}/proxmox-echo`);
    assert.deepEqual(
      of("EnvironmentFile")
        .map(({ name, inputs }) => [name, inputs["path"], inputs["endpoint"], inputs["link"]] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
      [
        ["terraform", `${folder}/proxmox-echo`, endpoint, "proxmox-matrix"],
        ["terraform:foxtrot", `${folder}/proxmox-foxtrot`, nodeEndpoints.foxtrot, undefined],
      ],
    );
    registered = [];
    for (const [args, problem] of [
      [{}, /endpoint: write where the API is, or nodeEndpoints/],
      [{ endpoint, nodeEndpoints }, /endpoint: nodeEndpoints say it for each node/],
      [{ path: "~/x", nodeEndpoints }, /path: with nodeEndpoints each node has a file of its own/],
      [{ nodeEndpoints: {} }, /nodeEndpoints: write at least one node/],
      [{ nodeEndpoints: { "../x": endpoint } }, /nodeEndpoints\.\.\.\/x: write the name of a node/],
    ] as const)
      assert.throws(() => new TerraformUser("terraform", args), problem);
    assert.deepEqual(registered, []);
  });

  it("is a role, a group, a user, an entry, a token and a file, by the names that are usual", async () => {
    const made = new TerraformUser("terraform", { endpoint, clusterName: "matrix" });
    assert.equal(await known(made.file), "~/tmp/.proxmox-terraform/proxmox-matrix");
    assert.equal(await known(made.tokenId), "terraform@pve!token");
    assert.equal(await known(made.userId), "terraform@pve");
    assert.ok(await pulumi.isSecret(made.tokenValue));
    const [role] = of("Role");
    assert.equal(role?.inputs["roleId"], "TerraformUser");
    const privileges = role?.inputs["privileges"] as string[];
    assert.deepEqual([privileges.length, new Set(privileges).size], [24, 24]);
    assert.deepEqual(of("Group")[0]?.inputs["groupId"], "terraform-users");
    const [user] = of("User");
    assert.deepEqual([user?.inputs["groups"], user?.inputs["password"]], [["terraform-users"], undefined]);
    assert.deepEqual(
      of("Acl").map(({ inputs }) => [inputs["path"], inputs["role"], inputs["group"]]),
      [["/", "TerraformUser", "terraform-users"]],
    );
    const [token] = of("ApiToken");
    assert.deepEqual(token?.inputs["rights"], [{ path: "/", role: "TerraformUser" }]);
    assert.notEqual(token?.inputs["privilegeSeparation"], false);
    const [file] = of("EnvironmentFile");
    assert.deepEqual([file?.inputs["endpoint"], file?.inputs["tokenId"]], [endpoint, "terraform@pve!token"]);
    // How Pulumi writes a secret on its way to the engine.
    assert.match(JSON.stringify(file?.inputs["tokenValue"]), /4dabf18193072939515e22adb298388d/);
  });

  it("gives user and token the same rights on each path, and lets each part be changed", async () => {
    const made = new TerraformUser("web", {
      endpoint,
      userId: "web@pve",
      paths: ["/pool/web", "/storage/local"],
      format: "proxspray",
      clusterName: "matrix",
      transform: {
        role: (args) => ({ ...args, privileges: ["VM.Audit"] }),
        group: (args) => ({ ...args, comment: "web" }),
        user: (args) => ({ ...args, email: "web@example.com" }),
        acl: (args) => ({ ...args, propagate: false }),
        token: (args) => ({ ...args, rotateAfter: "30d" }),
        environmentFile: (args) => ({ ...args, insecure: true }),
      },
    });
    await known(made.file);
    assert.deepEqual(
      of("Acl")
        .map(({ name, inputs }) => [name, inputs["path"], inputs["propagate"]])
        .sort(),
      [
        ["web:/pool/web", "/pool/web", false],
        ["web:/storage/local", "/storage/local", false],
      ],
    );
    const [token] = of("ApiToken");
    assert.deepEqual(
      (token?.inputs["rights"] as { path: string }[]).map(({ path }) => path),
      ["/pool/web", "/storage/local"],
    );
    assert.equal(token?.inputs["rotateAfter"], "30d");
    assert.deepEqual(of("Role")[0]?.inputs["privileges"], ["VM.Audit"]);
    assert.equal(of("Group")[0]?.inputs["comment"], "web");
    assert.equal(of("User")[0]?.inputs["email"], "web@example.com");
    const [file] = of("EnvironmentFile");
    assert.deepEqual(
      [file?.inputs["insecure"], file?.inputs["format"], file?.inputs["clusterName"]],
      [true, "proxspray", "matrix"],
    );
  });

  it("of the realm pam is a Linux account on each node too, with few rules, made before the user", async () => {
    const made = new TerraformUser("tf", {
      endpoint,
      userId: "tf@pam",
      nodes: ["pve1", "pve2"],
      authorizedKeys: ["ssh-ed25519 AAAA tf"],
      privileges: presets.vmOperator,
      transform: { systemUser: (args) => ({ ...args, shell: "/bin/sh" }) },
    });
    await known(made.file);
    assert.equal(await known(made.userId), "tf@pam");
    assert.deepEqual(
      of("SystemPackage").map(({ name, inputs }) => [name, inputs["node"], inputs["packages"]]),
      [
        ["tf:pve1", "pve1", ["sudo"]],
        ["tf:pve2", "pve2", ["sudo"]],
      ],
    );
    const accounts = of("SystemUser");
    assert.deepEqual(
      accounts.map(({ name, inputs }) => [name, inputs["node"], inputs["name"], inputs["shell"]]),
      [
        ["tf:pve1", "pve1", "tf", "/bin/sh"],
        ["tf:pve2", "pve2", "tf", "/bin/sh"],
      ],
    );
    const rules = accounts[0]?.inputs["sudoRules"] as string[];
    assert.deepEqual(rules, [
      ...["/sbin/pvesm", "/usr/sbin/pvesm", "/sbin/qm", "/usr/sbin/qm"],
      "/usr/bin/tee ^/var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*$",
    ]);
    for (const rule of rules) assert.equal(ruleProblem(rule), undefined);
    assert.equal(accounts[0]?.inputs["sudoNoPassword"], undefined);
    assert.deepEqual(of("Role")[0]?.inputs["privileges"], [...presets.vmOperator]);
    const order = registered.map(({ kind }) => kind);
    assert.ok(order.lastIndexOf("SystemUser") < order.indexOf("User"));
  });

  it("refuses the realm pam without nodes, other realms, Administrator and no paths, before anything is registered", () => {
    const refused = (args: object, problem: RegExp) =>
      assert.throws(() => new TerraformUser("t", { endpoint, ...args }), problem);
    refused(
      { userId: "terraform@pam" },
      /nodes: a user of the realm pam has a Linux account: name the nodes, or write terraform@pve/,
    );
    refused({ userId: "terraform" }, /userId: write a user of the realm pve/);
    refused({ userId: "root@pam", nodes: ["pve1"] }, /userId: Terraform is never root/);
    refused({ userId: "tf@pam", nodes: ["pve1", "pve1"] }, /nodes: pve1 is there twice/);
    refused({ nodes: ["pve1"] }, /nodes: only a user of the realm pam has Linux accounts; write terraform@pam/);
    refused({ authorizedKeys: [] }, /authorizedKeys: only a user of the realm pam signs in by SSH/);
    refused({ transform: { user: () => ({ userId: "root@pam" }) } }, /realm pam/);
    refused({ roleId: "Administrator" }, /never given the role Administrator/);
    refused({ transform: { acl: () => ({ path: "/", role: "Administrator" }) } }, /never given the role Administrator/);
    refused(
      { transform: { token: (args: object) => ({ ...args, rights: [{ path: "/", role: "Administrator" }] }) } },
      /never given the role Administrator/,
    );
    refused({ paths: [] }, /paths: write at least one/);
    refused({ paths: ["/", "/"] }, /paths: \/ is there twice/);
    assert.deepEqual(registered, []);
  });
});
