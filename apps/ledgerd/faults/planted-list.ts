// All planted bugs, for the suite that plants them and for the configuration that applies them.
import { plantedAtDoors, type PlantedProgram } from './planted-at-doors.ts'
import { plantedBugs } from './planted-bugs.ts'
import { plantedOnDisk } from './planted-on-disk.ts'

export const allPlantedBugs: readonly PlantedProgram[] = [...plantedBugs, ...plantedOnDisk, ...plantedAtDoors]
