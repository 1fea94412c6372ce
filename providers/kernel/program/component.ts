import * as pulumi from "./sdk";
import { withoutLeakTraces } from "./leak-traces";
import { noteRetention } from "./retention";

/** What plans resources and has them as its children. */
export abstract class Component extends pulumi.ComponentResource {
  protected constructor(type: string, name: string, args: pulumi.Inputs, opts?: pulumi.ComponentResourceOptions) {
    const withTraces = withoutLeakTraces();
    try {
      super(type, name, args, opts);
    } finally {
      withTraces();
    }
    noteRetention(this, opts);
  }
}
