// Plain JavaScript without newer syntax, so that an old Node.js reads it and says what it lacks.
var parts = process.versions.node.split('.').map(Number)
if (parts[0] < 24 || (parts[0] === 24 && parts[1] < 15)) {
  console.error(`tsplay needs Node.js 24.15 or newer; this is ${process.versions.node}.`)
  console.error("Run 'npm ci' without --omit=optional: it brings one for Linux on x64 and arm64.")
  process.exit(1)
}
