import { z } from "zod";

const values = z.record(z.string(), z.unknown()).nullish();

/** A resource as the engine prints it, with secrets masked. The document of a preview has `deletedWith`, its events do not. */
export const printedState = z
  .object({
    custom: z.boolean().optional(),
    inputs: values,
    outputs: values,
    retainOnDelete: z.boolean().optional(),
    deletedWith: z.string().optional(),
  })
  .nullish();

/** A resource as the state has it: what its provider is handed when it is deleted. */
export class ResourceState {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    /** The engine forgets it, and asks no provider to delete anything. */
    readonly retained: boolean,
    /** The URN of a resource; where that one is deleted as well, this one is only forgotten. */
    readonly deletedWith: string | undefined,
  ) {}

  /** Undefined where what was printed holds neither arguments nor outputs. */
  static of(printed: z.infer<typeof printedState>): ResourceState | undefined {
    const { inputs, outputs, retainOnDelete = false, deletedWith } = printed ?? {};
    // Outputs hold the arguments too, as they were when the provider last wrote them down.
    const held = [outputs, inputs].find((one) => one && Object.keys(one).length > 0);
    return held || retainOnDelete ? new ResourceState(held ?? {}, retainOnDelete, deletedWith || undefined) : undefined;
  }

  has(key: string): boolean {
    return this.values[key] !== undefined && this.values[key] !== null;
  }

  /** Also where it is secret, and cannot be seen: what may be is told. */
  isTrue(key: string): boolean {
    return this.values[key] === true || this.values[key] === masked;
  }

  isFalse(key: string): boolean {
    return this.values[key] === false;
  }

  text(key: string): string | undefined {
    const value = this.values[key];
    return typeof value === "string" && value !== masked ? value : undefined;
  }

  /** The texts of a list; undefined where it is none. */
  texts(key: string): readonly string[] | undefined {
    return textsIn(this.values[key]);
  }

  /** What the records of a list have under a key; undefined where it is no list. */
  eachOf(key: string, field: string): readonly string[] | undefined {
    return textsIn(list(this.values[key])?.map((one) => record(one)?.[field]));
  }

  /** The texts of a list in a record. */
  textsWithin(key: string, field: string): readonly string[] | undefined {
    return textsIn(record(this.values[key])?.[field]);
  }
}

/** What the engine prints in place of a secret. */
const masked = "[secret]";

const list = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);
const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value } : undefined;
const textsIn = (value: unknown): readonly string[] | undefined => {
  const all = list(value);
  return all?.every((one): one is string => typeof one === "string") ? all : undefined;
};
