/* packtool.h - the commands of the integrator's bench.
 *
 * Each is a function over its own words (argv[0] is the first word after the command's name) that
 * writes one JSON object a line on standard output, errors on standard error, and returns the exit
 * code: 0 done, 1 the input is bad, 2 usage. */
#ifndef PACKD_TOOLS_PACKTOOL_PACKTOOL_H
#define PACKD_TOOLS_PACKTOOL_PACKTOOL_H

enum { PACKTOOL_DONE = 0, PACKTOOL_BAD_INPUT = 1, PACKTOOL_USAGE = 2 };

int packtool_capture(int argc, char **argv);
int packtool_decode(int argc, char **argv);
int packtool_check_digit(int argc, char **argv);
int packtool_render(int argc, char **argv);
int packtool_journal(int argc, char **argv);
int packtool_sim(int argc, char **argv);

#endif
