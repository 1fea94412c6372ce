import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab } from "../../support/lab";

describe("the identity of a stack, through the plugin", function () {
  let lab: Lab;
  afterEach(() => lab.close());

  const identity = (hints: Record<string, unknown>) => lab.plugin.check("StackIdentity", {}, hints);
  const asked = (): string[] => lab.sim.requests.map(({ method, path }) => `${method} ${path}`);

  it("makes a preview look at the cluster before anything of it is checked, and leaves no trace in the state", async () => {
    lab = await Lab.start();
    const { inputs, failures } = await identity({ __kinds: ["Pool", "Vm"], __preview: true });
    assert.deepEqual(Object.keys(inputs), ["__provider"]);
    assert.deepEqual(failures, []);
    await eventually("a look at the cluster", () => asked().includes("GET /cluster/resources"));
    const before = asked().length;
    const checked = await lab.plugin.check("Pool", {}, { ...lab.inputs("Pool", "web", {}), __preview: true });
    assert.deepEqual([checked.inputs["__problems"], checked.failures], [undefined, []]);
    assert.ok(!asked().slice(before).includes("GET /cluster/resources"), asked().join("\n"));
  });

  it("passes over what is no kind, and gets the others ready", async () => {
    lab = await Lab.start();
    await identity({ __kinds: ["__proto__", "toString", "Pool"], __preview: true });
    // As above: by then the last of them would have failed.
    for (let turn = 0; turn < 200; turn++) await identity({});
    assert.doesNotMatch(lab.plugin.output, /Error/);
    assert.deepEqual((await lab.plugin.check("Pool", {}, lab.inputs("Pool", "web", {}))).failures, []);
  });

  for (const [what, hints, config] of [
    ["in an up", { __kinds: ["Vm"] }, {}],
    ["where no resource is of it", { __kinds: [], __preview: true }, {}],
    ["where something of the config is wrong", { __kinds: ["Vm"], __preview: true }, { "proxmox:vmids": "from 5 on" }],
  ] as const)
    it(`looks at nothing by itself ${what}`, async () => {
      lab = await Lab.start({}, config);
      const { inputs } = await identity(hints);
      assert.deepEqual(Object.keys(inputs), ["__provider"]);
      // By then the kinds are loaded, which is what comes after the look.
      for (let turn = 0; turn < 200; turn++) await identity({});
      assert.deepEqual(asked(), []);
    });
});
