import * as pulumi from "@pulumi/pulumi";
import { heardInStack, type Registered } from "./dependency-graph";

/**
 * A program's stack on Pulumi's mocks, which tells of every resource that is registered from then on. The library, or what
 * is to be tested of it, is loaded afterwards, as Pulumi asks for.
 */
export async function stackOnMocks(heard: (one: Registered) => void, project = "project"): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs, id }) => ({ id: id || name, state: { ...(inputs as object), vmid: 2000 } }),
      call: () => ({}),
    },
    project,
    "stack",
    false,
  );
  await heardInStack(heard);
}
