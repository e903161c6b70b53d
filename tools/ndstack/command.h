/* SPDX-License-Identifier: GPL-2.0 */
/* Commands with a file of their own: argv[0] is the name; they return the exit status. */
#ifndef _NDSTACK_COMMAND_H
#define _NDSTACK_COMMAND_H

int command_check(int argc, char **argv);
int command_features(int argc, char **argv);
int command_fit(int argc, char **argv);
int command_map(int argc, char **argv);
int command_preflight(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_why(int argc, char **argv);

#endif /* _NDSTACK_COMMAND_H */
