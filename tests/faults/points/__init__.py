# SPDX-License-Identifier: Apache-2.0
"""The fault points, a file per kind of fault."""
