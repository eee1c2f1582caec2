/** The state of this process. */
export class HealthDto {
  /** `ok`; a service that is not ready answers 503 with a problem document instead. */
  status!: 'ok';
}
