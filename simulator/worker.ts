/** What a task does: it yields the milliseconds that its next step takes. */
export type Steps = Generator<number, void, void>;

/** The body of a worker process, which `Run` is told. What it throws becomes the exit status; cleanup goes into `finally`. */
export type WorkerOf<Run> = (run: Run) => Steps;
