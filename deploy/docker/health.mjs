// Health check of the images: exit code 0 when the address answers 200.
try {
  const { status } = await fetch(process.argv[2], { signal: AbortSignal.timeout(4_000) });
  process.exitCode = status === 200 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
