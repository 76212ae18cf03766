// Runs one bundled handler the way Lambda does: a process of its own, an event in, an answer or an error's name out.
// AQT_TEST_NOW (epoch milliseconds) moves the clock of the process, so that any day can be "yesterday"; an event may move it again.
const RealDate = Date;
const now = Number(process.env.AQT_TEST_NOW);
let offset = now > 0 ? now - RealDate.now() : 0;
if (now > 0) {
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() + offset);
      else super(...args);
    }
    static now() {
      return RealDate.now() + offset;
    }
  };
}

const { handler } = await import(process.argv[2]);
const invokedFunctionArn = `arn:aws:lambda:${process.env.AWS_REGION}:${process.argv[3]}:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`;

process.on('message', async ({ id, event, timeoutMs, now }) => {
  if (now !== undefined) offset = now - RealDate.now();
  const deadline = performance.now() + timeoutMs;
  const context = { invokedFunctionArn, getRemainingTimeInMillis: () => deadline - performance.now() };
  try {
    process.send({ id, answer: JSON.stringify(await handler(event, context)) });
  } catch (error) {
    const { name = 'Error', message = String(error) } = error ?? {};
    process.send({ id, errorType: name, errorMessage: message });
  }
});
process.send({ ready: true });
