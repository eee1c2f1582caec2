import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const node = {
  require: 'readonly',
  module: 'writable',
  __dirname: 'readonly',
  process: 'readonly',
  console: 'readonly',
  setTimeout: 'readonly',
  URL: 'readonly',
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage', 'data', 'openapi', '**/*.generated.d.ts', 'web/public'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './web/tsconfig.json', './test/web/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'no barrels: import the file that holds the thing' },
      ],
      eqeqeq: 'error',
    },
  },
  {
    // a Nest class names what it injects as a value; the compiler needs it at run time
    files: [
      '**/*.controller.ts',
      '**/*.service.ts',
      '**/*.guard.ts',
      '**/*.module.ts',
      '**/*.store.ts',
      '**/*.dto.ts',
      '**/*.entity.ts',
    ],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['src/kernel/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', 'Date', 'performance', 'process', 'console', 'setTimeout'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'take a seeded generator' }],
    },
  },
  {
    files: ['**/*.browser.js'],
    languageOptions: {
      ecmaVersion: 5,
      sourceType: 'script',
      globals: {
        window: 'readonly',
        document: 'readonly',
        navigator: 'readonly',
        location: 'readonly',
        setInterval: 'readonly',
      },
    },
    rules: { 'no-undef': 'error' },
  },
  { files: ['**/*.cjs', '**/*.mjs'], languageOptions: { globals: node }, rules: { 'no-undef': 'error' } },
);
