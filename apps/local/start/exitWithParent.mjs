/**
 * Loaded into the web process before anything else: its standard input is a pipe that only the server holds, so the end
 * of it is the end of the server, however that came about. Nobody is left behind by a kill -9.
 */
process.stdin.on('end', () => process.exit(0))
process.stdin.on('error', () => process.exit(0))
process.stdin.resume()
process.stdin.unref?.()
