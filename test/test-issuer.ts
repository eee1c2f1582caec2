/** The issuer of the accounts that tests make; a file of its own, for who starts the compiled server needs nothing else of the application, which takes seconds to load. */
export const TEST_ISSUER = 'https://tests.invalid';
