/** A simulation that was asked for. */
export class SimulationLinkDto {
  /** Its number: `GET /v1/simulations/{id}`. */
  simulationId!: number;
}
