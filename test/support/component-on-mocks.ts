import type { Registered } from "./dependency-graph";
import { stackOnMocks } from "./stack-on-mocks";

/** The module of a component, loaded on Pulumi's mocks before the tests of a suite, and what each test registers. */
export class ComponentOnMocks<Module> {
  /** Since the test began, or since `forget`. */
  registered: Registered[] = [];
  private loaded: Module | undefined;

  /** `load`: Pulumi asks for the module only when the mocks are there. */
  constructor(load: () => Module) {
    before(async () => {
      await stackOnMocks((one) => void this.registered.push(one));
      this.loaded = load();
    });
    beforeEach(() => this.forget());
  }

  get module(): Module {
    if (this.loaded === undefined) throw new Error("the component is loaded when the tests begin, and not before");
    return this.loaded;
  }

  forget(): void {
    this.registered = [];
  }
}
