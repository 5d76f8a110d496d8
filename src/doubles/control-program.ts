/** The program that reads and sets what the lab may ask of a host's doubles: see `control-doubles.ts`. */
export const controlProgram = 'tsplay-doubles'
